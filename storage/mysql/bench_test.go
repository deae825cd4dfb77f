package mysql_test

import (
	"testing"

	"schemaside/conformance/storagetest"
	"schemaside/storage"
	"schemaside/storage/mysql"
)

func BenchmarkStore(b *testing.B) {
	for _, server := range servers() {
		b.Run(server.name, func(b *testing.B) {
			storagetest.Bench(b, func(b *testing.B) storage.Store {
				b.Helper()
				s, err := mysql.Open(b.Context(), mysql.Options{DSN: server.dsn(b)})
				if err != nil {
					b.Fatal(err)
				}
				return s
			})
		})
	}
}
