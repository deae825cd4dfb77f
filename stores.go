package main

import (
	"context"
	"fmt"

	"schemaside/cache"
	"schemaside/config"
	"schemaside/storage"
	"schemaside/storage/embedded"
	"schemaside/storage/memory"
	"schemaside/storage/mysql"
	"schemaside/storage/postgres"
)

// The names of storage.driver.
const (
	driverMemory   = "memory"
	driverEmbedded = "embedded"
	driverPostgres = "postgres"
	driverMySQL    = "mysql"
)

// openStore opens the store that the configuration names. ctx bounds how long that may take.
func openStore(ctx context.Context, s config.Storage) (storage.Store, error) {
	switch s.Driver {
	case driverMemory:
		return memory.New(), nil
	case driverEmbedded:
		return embedded.Open(embedded.Options{Path: s.DSN})
	case driverPostgres:
		if err := needDSN(s); err != nil {
			return nil, err
		}
		return postgres.Open(ctx, postgresOptions(s))
	case driverMySQL:
		if err := needDSN(s); err != nil {
			return nil, err
		}
		return mysql.Open(ctx, mysqlOptions(s))
	default:
		return nil, fmt.Errorf("storage.driver: %q: no such store", s.Driver)
	}
}

func postgresOptions(s config.Storage) postgres.Options {
	return postgres.Options{DSN: s.DSN, Namespace: s.Namespace, Connections: s.Connections, Deadline: s.Deadline, NoMigrations: !s.Migrate}
}

func mysqlOptions(s config.Storage) mysql.Options {
	return mysql.Options{DSN: s.DSN, Namespace: s.Namespace, Connections: s.Connections, Deadline: s.Deadline, NoMigrations: !s.Migrate}
}

func needDSN(s config.Storage) error {
	if s.DSN == "" {
		return &usageError{fmt.Errorf("storage.dsn: the %s store needs one", s.Driver)}
	}
	return nil
}

// takeHints lets a store that hears of other processes' commits tell the cache.
func takeHints(s storage.Store, answers *cache.Cache) {
	if n, ok := s.(storage.Notifier); ok {
		n.Notify(answers.Hint)
	}
}
