package wire_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"schemaside/backend/wire"
)

// TestInOrder: names come in the order of their texts, and a context is read no earlier than it has to be.
func TestInOrder(t *testing.T) {
	t.Parallel()
	errAway := errors.New("away")
	f := func(contexts, names string, take int, want, wantRead string) {
		t.Helper()
		var read []string
		open := func(registryCtx string) wire.NextSubject {
			read = append(read, registryCtx)
			left := strings.Fields(names)
			return func() (string, bool, error) {
				for len(left) > 0 {
					at, subject, _ := strings.Cut(left[0], "/")
					if left = left[1:]; at != registryCtx {
						continue
					}
					if subject == "fails" {
						return "", false, errAway
					}
					return subject, true, nil
				}
				return "", false, nil
			}
		}
		var got []string
		for n, err := range wire.InOrder(strings.Fields(contexts), open) {
			if err != nil {
				got = append(got, err.Error())
			} else {
				got = append(got, wire.OpenNamer{}.Subject(n.Context, n.Subject))
			}
			if len(got) == take {
				break
			}
		}
		if fmt.Sprint(got) != "["+want+"]" || fmt.Sprint(read) != "["+wantRead+"]" {
			t.Errorf("%s, %s: %v after %v, want %s after %s", contexts, names, got, read, want, wantRead)
		}
	}
	f("", "", 9, "", "")
	f(". .a", "", 9, "", ". .a")
	f(". .a .a-b", "./! ./s .a/x .a-b/x", 9, "! :.a-b:x :.a:x s", ". .a-b .a")
	f(". .a .a-b", "./s ./t .a/x", 9, ":.a:x s t", ". .a-b .a")
	f(".b .a", ".a/x .a/y .b/x", 2, ":.a:x :.a:y", ".a")
	f(".b .a", ".a/x .a/y .b/x", 3, ":.a:x :.a:y :.b:x", ".a .b")
	f(". .a", "./! .a/x", 1, "!", ".")
	f(".a .b .c", ".a/x .b/y .b/fails .c/z", 9, ":.a:x :.b:y away", ".a .b")
	f(".a .b", ".a/fails .b/x", 9, "away", ".a")
}
