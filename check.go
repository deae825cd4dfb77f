package main

import (
	"context"
	"fmt"
	"io"

	"schemaside/config"
	"schemaside/storage/embedded"
	"schemaside/storage/mysql"
	"schemaside/storage/postgres"
)

// check verifies the file of the embedded store, and gives a store a new epoch when it was restored from a copy.
func check(ctx context.Context, s config.Storage, restored bool, stdout io.Writer) error {
	if restored && (s.Driver == driverPostgres || s.Driver == driverMySQL) {
		return renew(ctx, s, stdout)
	}
	if s.Driver != driverEmbedded {
		return &usageError{fmt.Errorf("check: it looks at the file of the embedded store, and storage.driver is %s", s.Driver)}
	}
	look := embedded.Check
	if restored {
		look = embedded.Renew
	}
	report, err := look(ctx, s.DSN)
	if err != nil {
		return fmt.Errorf("check: %w", err)
	}
	for _, fault := range report.Faults {
		fmt.Fprintln(stdout, fault)
	}
	if len(report.Faults) > 0 {
		return fmt.Errorf("check: %s is damaged: restore it from a copy, then run schemaside check --restored", s.DSN)
	}
	fmt.Fprintf(stdout, "%s is sound: %d contexts, %d subjects, %d versions, %d schemas\n",
		s.DSN, report.Contexts, report.Subjects, report.Versions, report.Schemas)
	if restored {
		fmt.Fprintln(stdout, "its epoch is renewed: caches forget what they know of it")
	}
	return nil
}

// renew gives the registry in a database a new epoch. Whether the rows are sound is the database's business.
func renew(ctx context.Context, s config.Storage, stdout io.Writer) error {
	err := needDSN(s)
	switch {
	case err != nil:
	case s.Driver == driverPostgres:
		err = postgres.Renew(ctx, postgresOptions(s))
	default:
		err = mysql.Renew(ctx, mysqlOptions(s))
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(stdout, "the epoch of the registry %s is renewed: caches forget what they know of it\n", s.Namespace)
	return nil
}
