package storagetest

import (
	"slices"

	"schemaside/storage"
)

func settingsCases() []testCase {
	return []testCase{
		{"settings read as they were put", settingsAsPut},
		{"settings with neither config nor mode are removed", settingsRemoved},
		{"the context's own settings are apart from those of its subjects", settingsOfContext},
		{"a scan of settings obeys prefix, after and limit", settingsScans},
		{"a scan of settings is continued over many pages", settingsPages},
	}
}

func settingsAsPut(e *env) {
	c := e.context()
	for _, want := range []storage.Settings{
		{Subject: "both", Config: []byte(`{"a":1}`), Mode: "READONLY"},
		{Subject: "config", Config: []byte{0, 0xff, '\n', '%', 0}},
		{Subject: "mode", Mode: "IMPORT"},
		{Subject: "both", Mode: "READWRITE"},
		{Subject: "mode", Config: []byte(" ")},
		{Subject: "config", Config: []byte("another"), Mode: "READWRITE"},
	} {
		e.commit(c, storage.PutSettings{Settings: want})
		equal(e, "Settings", e.settings(c, want.Subject), want)
		equalRows(e, "ScanSettings", e.scanSettings(c, storage.Scan{Prefix: want.Subject}), want)
	}
}

func settingsRemoved(e *env) {
	c := e.context()
	for _, subject := range []string{"orders", ""} {
		none := storage.Settings{Subject: subject}
		e.commit(c, storage.PutSettings{Settings: none})
		equal(e, "Settings after none were put", e.settings(c, subject), none)
		e.commit(c, storage.PutSettings{Settings: storage.Settings{Subject: subject, Config: []byte("x"), Mode: "IMPORT"}})
		e.commit(c, storage.PutSettings{Settings: none})
		equal(e, "Settings", e.settings(c, subject), none)
		equalRows(e, "ScanSettings", e.scanSettings(c, storage.Scan{}))
	}
}

func settingsOfContext(e *env) {
	c := e.context()
	own := storage.Settings{Config: []byte("own"), Mode: "READONLY"}
	e.commit(c, storage.PutSettings{Settings: own})
	equal(e, "a subject without settings", e.settings(c, "orders"), storage.Settings{Subject: "orders"})
	e.commit(c, mode("orders", "IMPORT"))
	equal(e, "the context's own", e.settings(c, ""), own)
	equal(e, "the subject's", e.settings(c, "orders"), mode("orders", "IMPORT").Settings)
	e.commit(c, mode("", ""))
	equal(e, "the context's own after removal", e.settings(c, ""), storage.Settings{})
	equal(e, "the subject's after removal of the context's", e.settings(c, "orders"), mode("orders", "IMPORT").Settings)
}

func (e *env) settingsNames(registryCtx string) lister {
	return func(scan storage.Scan) []string {
		e.Helper()
		var names []string
		for _, row := range e.scanSettings(registryCtx, scan) {
			names = append(names, row.Subject)
		}
		return names
	}
}

func settingsScans(e *env) {
	c, names := e.context(), scanNames()
	changes := []storage.Change{version("a-subject-without-settings", 1, 1)}
	for i, name := range names {
		if i%2 == 0 {
			changes = append(changes, mode(name, "IMPORT"))
		} else {
			changes = append(changes, storage.PutSettings{Settings: storage.Settings{Subject: name, Config: []byte("config")}})
		}
	}
	e.commit(c, changes...)
	e.scans("settings", names, e.settingsNames(c))
}

func settingsPages(e *env) {
	c, names := e.context(), manyNames()
	var changes []storage.Change
	for _, name := range names {
		changes = append(changes, mode(name, "IMPORT"))
	}
	e.commit(c, changes...)
	e.pages("settings", names, e.settingsNames(c))
}

func indexCases() []testCase {
	return []testCase{
		{"the contexts of a subject, in bytewise order", contextsOfSubject},
		{"the contexts of a fingerprint, in bytewise order", contextsOfFingerprint},
	}
}

func contextsOfSubject(e *env) {
	subject, c := e.unique("orders-"), e.context()
	deleted := version(subject, 1, 1)
	deleted.Version.Deleted = true
	want := []string{c, c + " ", c + "A", c + "a", c + "ä"}
	for i, change := range []storage.Change{version(subject, 1, 1), version(subject, 7, 1), deleted, version(subject, 1, 1), version(subject, 1, 1)} {
		e.commit(want[(i*3+1)%len(want)], change, version(subject, 9, 1), version("other-"+subject, 1, 1))
	}
	e.commit(c+"z", mode(subject, "IMPORT"))
	equalRows(e, "ContextsOfSubject", e.contextsOfSubject(subject), want...)

	// One version less is no loss; a context that lost the last one may be named still.
	e.commit(want[0], storage.DeleteVersion{Subject: subject, Version: 9})
	equalRows(e, "ContextsOfSubject after a version went", e.contextsOfSubject(subject), want...)
	e.commit(want[1], storage.DeleteVersion{Subject: subject, Version: 1}, storage.DeleteVersion{Subject: subject, Version: 7}, storage.DeleteVersion{Subject: subject, Version: 9})
	stay := slices.DeleteFunc(e.contextsOfSubject(subject), func(name string) bool { return name == want[1] })
	equalRows(e, "ContextsOfSubject but for the one that lost it", stay, slices.Delete(slices.Clone(want), 1, 2)...)
	e.commit(want[1], version(subject, 10, 1))
	equalRows(e, "ContextsOfSubject after it came back", e.contextsOfSubject(subject), want...)
}

func contextsOfFingerprint(e *env) {
	fingerprint, c := e.fingerprint(), e.context()
	put := []storage.Change{
		storage.PutSchema{Schema: storage.Schema{ID: 3, Fingerprint: fingerprint, Type: "AVRO", Text: "x"}},
		storage.PutFingerprint{Fingerprint: fingerprint, ID: 3},
	}
	want := []string{c, c + " ", c + "A", c + "a", c + "ä"}
	for i := range want {
		e.commit(want[(i*3+1)%len(want)], put...)
	}
	equalRows(e, "ContextsOfFingerprint", e.contextsOfFingerprint(fingerprint), want...)
	e.commit(want[1], storage.DeleteFingerprint{Fingerprint: fingerprint}, storage.DeleteSchema{ID: 3})
	stay := slices.DeleteFunc(e.contextsOfFingerprint(fingerprint), func(name string) bool { return name == want[1] })
	equalRows(e, "ContextsOfFingerprint but for the one that lost it", stay, slices.Delete(slices.Clone(want), 1, 2)...)
	e.commit(want[1], put...)
	equalRows(e, "ContextsOfFingerprint after it came back", e.contextsOfFingerprint(fingerprint), want...)
}
