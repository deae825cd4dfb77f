package main

import (
	"context"
	"fmt"
	"io"

	"schemaside/config"
	"schemaside/storage/embedded"
)

// check verifies the file of the embedded store, and gives it a new epoch when it was restored from a copy.
func check(ctx context.Context, s config.Storage, restored bool, stdout io.Writer) error {
	if s.Driver != "embedded" {
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
