package registry

import (
	"testing"
	"unsafe"

	"schemaside/storage/memory"
)

// A caller's name of a context may change under the registry once the call is over, while others still wait.
func TestQueueKeepsItsOwnName(t *testing.T) {
	t.Parallel()
	r := New(memory.New(), Options{})
	buffer := []byte(".tenant")
	first, _, err := r.enter(t.Context(), unsafe.String(unsafe.SliceData(buffer), len(buffer)))
	if err != nil {
		t.Fatal(err)
	}
	waiting, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		close(waiting)
		second, waited, err := r.enter(t.Context(), ".tenant")
		if err != nil {
			t.Error(err)
			return
		}
		if !waited {
			t.Error("the second writer didn't wait for the first")
		}
		second()
	}()
	<-waiting
	for users := 0; users < 2; {
		r.queuesMu.Lock()
		users = r.queues[".tenant"].users
		r.queuesMu.Unlock()
	}
	copy(buffer, ".XXXXXX")
	first()
	<-done
	r.queuesMu.Lock()
	defer r.queuesMu.Unlock()
	if len(r.queues) != 0 {
		t.Errorf("%d queues are left behind", len(r.queues))
	}
}
