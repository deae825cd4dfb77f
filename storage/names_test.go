package storage_test

import (
	"errors"
	"strings"
	"testing"

	"schemaside/storage"
)

func TestCheckNames(t *testing.T) {
	t.Parallel()
	longest, longestContext := strings.Repeat("s", storage.MaxSubject), "."+strings.Repeat("c", storage.MaxContext-1)
	f := func(registryCtx string, change storage.Change, want error) {
		t.Helper()
		if err := storage.CheckNames(registryCtx, []storage.Change{storage.Removal{}, change}); !errors.Is(err, want) {
			t.Errorf("%.40q, %T %.80v: %v, want %v", registryCtx, change, change, err, want)
		}
	}
	f(".", storage.SetKnown{}, nil)
	f(longestContext, storage.SetKnown{}, nil)
	f(longestContext+"c", storage.SetKnown{}, storage.ErrName)
	f("", storage.SetKnown{}, storage.ErrName)
	f(".a\x00", storage.SetKnown{}, storage.ErrName)
	f(".\xff", storage.SetKnown{}, storage.ErrName)
	for _, subject := range []struct {
		name string
		want error
	}{
		{"", nil}, {"orders ", nil}, {"🚀", nil}, {longest, nil}, {longest + "s", storage.ErrName}, {"a\x00b", storage.ErrName}, {"\xc3", storage.ErrName},
	} {
		f(".", storage.PutVersion{Version: storage.Version{Subject: subject.name}}, subject.want)
		f(".", storage.DeleteVersion{Subject: subject.name}, subject.want)
		f(".", storage.PutSettings{Settings: storage.Settings{Subject: subject.name}}, subject.want)
		f(".", storage.PutBackReference{BackReference: storage.BackReference{Subject: subject.name, ReferrerContext: "."}}, subject.want)
		f(".", storage.DeleteBackReference{BackReference: storage.BackReference{Subject: subject.name, ReferrerContext: "."}}, subject.want)
	}
	f(".", storage.PutBackReference{BackReference: storage.BackReference{ReferrerContext: longestContext + "c"}}, storage.ErrName)
	for _, change := range []storage.Change{nil, &storage.Removal{}, (*storage.PutSchema)(nil)} {
		if err := storage.CheckNames(".", []storage.Change{change}); err == nil || errors.Is(err, storage.ErrName) {
			t.Errorf("a change of type %T: %v", change, err)
		}
	}
}
