package storage_test

import (
	"errors"
	"reflect"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"schemaside/conformance/storagetest"
	"schemaside/storage"
	"schemaside/storage/faulty"
	"schemaside/storage/memory"
)

func TestObservedPassesOn(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, func(*testing.T) storage.Store {
		return storage.Observe(memory.New(), func(string, time.Duration, error) {})
	})
}

type observation struct {
	call string
	took time.Duration
	err  error
}

func TestObserveReportsEachMethod(t *testing.T) {
	t.Parallel()
	var seen []string
	s := storage.Observe(memory.New(), func(call string, _ time.Duration, _ error) { seen = append(seen, call) })
	var want []string
	v := reflect.ValueOf(s)
	for method := range reflect.TypeFor[storage.Store]().Methods() {
		want = append(want, method.Name)
		args := []reflect.Value{}
		for i := range method.Type.NumIn() {
			if arg := method.Type.In(i); i == 0 {
				args = append(args, reflect.ValueOf(t.Context()))
			} else if !method.Type.IsVariadic() || i < method.Type.NumIn()-1 {
				args = append(args, reflect.Zero(arg))
			}
		}
		v.MethodByName(method.Name).Call(args)
	}
	if !slices.Equal(seen, want) {
		t.Errorf("reported %q, want %q", seen, want)
	}
}

func TestObserveReportsTimeAndError(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var seen []observation
		inner := faulty.Wrap(memory.New())
		s := storage.Observe(inner, func(call string, took time.Duration, err error) {
			mu.Lock()
			defer mu.Unlock()
			seen = append(seen, observation{call, took, err})
		})
		release := inner.Hold()
		time.AfterFunc(3*time.Second, release)
		_, _, err := s.Schema(t.Context(), ".", 1)
		if !errors.Is(err, storage.ErrNotFound) {
			t.Errorf("Schema: error %v", err)
		}
		if _, err := s.Head(t.Context(), "."); err != nil {
			t.Errorf("Head: error %v", err)
		}
		want := []observation{{"Schema", 3 * time.Second, err}, {"Head", 0, nil}}
		if !slices.Equal(seen, want) {
			t.Errorf("reported %v, want %v", seen, want)
		}
	})
}
