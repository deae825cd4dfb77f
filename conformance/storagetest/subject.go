package storagetest

import (
	"errors"

	"schemaside/storage"
)

func oneCallCases() []testCase {
	return []testCase{
		{"what answers about a subject begin with is the same in one call", subjectInOneCall},
		{"reading a subject fails as every read does", subjectInOneCallFails},
	}
}

// subjectInOneCall asks stores that are a storage.SubjectReader.
func subjectInOneCall(e *env) {
	reader, ok := e.store.(storage.SubjectReader)
	if !ok {
		return
	}
	c, lender, empty, long := e.context(), e.context(), e.context(), "."+string(make([]byte, 300))
	f := func(registryCtx, subject string, others [2]string) {
		e.Helper()
		got, err := reader.ReadSubject(e.Context(), registryCtx, subject, others)
		e.ok("ReadSubject", err)
		equalRows(e, "versions", got.Versions, e.versions(registryCtx, subject)...)
		got.Versions = nil
		want := storage.SubjectRows{Head: e.head(registryCtx), Own: e.settings(registryCtx, subject), Context: e.settings(registryCtx, "")}
		for i, other := range others {
			want.Others[i] = storage.ContextSettings{Head: e.head(other), Settings: e.settings(other, "")}
		}
		equal(e, "ReadSubject of "+registryCtx+" "+subject, got, want)
	}
	all := func() {
		e.Helper()
		for _, subject := range []string{"orders", "Orders", "orders ", "", "nothing", "a\x00b", "\xff"} {
			f(c, subject, [2]string{lender, empty})
			f(c, subject, [2]string{c, c})
			f(empty, subject, [2]string{lender, long})
			f(long, subject, [2]string{".", lender})
		}
	}
	all()
	e.commit(c, everything(e.fingerprint())...)
	e.commit(c, version("orders", 10, 1), version("orders", 9, 2), version("Orders", 1, 3), version("", 1, 1), mode("Orders", "IMPORT"))
	all()
	e.commit(lender, mode("", "READONLY"), mode("orders", "IMPORT"), version("orders", 5, 5))
	all()
	e.commit(c, removals(e.fingerprint())...)
	all()
}

func subjectInOneCallFails(e *env) {
	s := e.fresh()
	reader, ok := s.(storage.SubjectReader)
	if !ok {
		return
	}
	e.ok("Close", s.Close())
	_, err := reader.ReadSubject(e.Context(), e.context(), "orders", [2]string{".", "."})
	e.fails("ReadSubject of a closed store", err, storage.ErrUnavailable)
	if errors.Is(err, storage.ErrNotFound) {
		e.Errorf("%v tells that nothing is there", err)
	}
}
