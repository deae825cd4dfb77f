package memory_test

import (
	"testing"

	"schemaside/conformance/storagetest"
	"schemaside/storage"
	"schemaside/storage/memory"
)

func TestStore(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, func(*testing.T) storage.Store { return memory.New() })
}
