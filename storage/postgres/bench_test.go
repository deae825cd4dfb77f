package postgres_test

import (
	"testing"

	"schemaside/conformance/services"
	"schemaside/conformance/storagetest"
	"schemaside/storage"
	"schemaside/storage/postgres"
)

func BenchmarkStore(b *testing.B) {
	storagetest.Bench(b, func(b *testing.B) storage.Store {
		b.Helper()
		s, err := postgres.Open(b.Context(), postgres.Options{DSN: services.Postgres(b)})
		if err != nil {
			b.Fatal(err)
		}
		return s
	})
}
