package main

import (
	"context"
	"fmt"

	"schemaside/config"
	"schemaside/storage"
	"schemaside/storage/embedded"
	"schemaside/storage/memory"
)

// openStore opens the store that the configuration names. ctx bounds how long that may take.
func openStore(_ context.Context, s config.Storage) (storage.Store, error) {
	switch s.Driver {
	case "memory":
		return memory.New(), nil
	case "embedded":
		return embedded.Open(embedded.Options{Path: s.DSN})
	default:
		return nil, fmt.Errorf("storage.driver: %q: no such store", s.Driver)
	}
}
