package registry

import (
	"testing"

	"schemaside/backend/wire"
)

const (
	textA = `{"type":"record","name":"R","fields":[{"name":"f1","type":"string"}]}`
	textB = `{"type":"record","name":"R","fields":[{"name":"f1","type":"string"},{"name":"f2","type":"string","default":"x"}]}`
	textC = `{"type":"record","name":"R","fields":[{"name":"f1","type":"string"},{"name":"f2","type":"string"}]}`
)

// The golden values of spec 6.
func TestFingerprint(t *testing.T) {
	t.Parallel()
	f := func(text string, d details, want string) {
		t.Helper()
		if got := guid(fingerprint(text, d)); got != want {
			t.Errorf("guid(%s, %+v) = %s, want %s", text, d, got, want)
		}
	}
	f(textA, details{}, "acb9a771-413f-2f1c-6a25-9db09a05dd82")
	f(textB, details{}, "218c320e-18fb-36b7-d25e-843519a59ddc")
	f(textC, details{}, "8e822fad-521e-f197-1a9d-88a639d6ab8c")
	f(textA, details{Metadata: &wire.Metadata{}}, "105a1869-3460-4ac4-0cfe-e92626828891")
	f(textA, details{Metadata: withConfluentVersion(nil, 2)}, "d5098fce-a8d8-457a-a304-21de965bee57")
}
