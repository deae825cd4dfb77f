package main

import (
	"strings"
	"testing"
)

// TestRegistrySettings: each setting that has the reference server's meaning reaches the rules.
func TestRegistrySettings(t *testing.T) {
	t.Parallel()
	p := start(t, nil, "--listen", "127.0.0.1:0", "--compatibility", "NONE", "--registry-mode-mutability", "false",
		"--registry-reject-empty-subject", "true", "--registry-strict-reference-versions", "true",
		"--registry-validate-fields", "true", "--limits-body", "1KiB")
	f := func(method, path, body string, status int, want string) {
		t.Helper()
		if got, text := ask(t, method, p.url+path, body); got != status || !strings.Contains(text, want) {
			t.Errorf("%s %s %.40s: %d %s, want %d %s", method, path, body, got, text, status, want)
		}
	}
	const empty = `{"schema":"{\"type\":\"record\",\"name\":\"Base\",\"fields\":[]}"}`
	const other = `{"schema":"{\"type\":\"record\",\"name\":\"Base\",\"fields\":[{\"name\":\"x\",\"type\":\"int\"}]}"}`
	const both = `{"schema":"{\"type\":\"record\",\"name\":\"Top\",\"fields\":[{\"name\":\"b\",\"type\":\"Base\"}]}",` +
		`"references":[{"name":"Base","subject":"base","version":1},{"name":"Base","subject":"base","version":2}]}`
	const reserved = `{"schema":"{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"x\",\"type\":\"int\"}]}",` +
		`"metadata":{"properties":{"confluent:reserved":"x"}}}`
	f("GET", "/config", "", 200, `"compatibilityLevel":"NONE"`)
	f("PUT", "/mode", `{"mode":"READONLY"}`, 422, `Mode changes are not allowed`)
	f("POST", "/subjects/:.c:/versions", empty, 422, `"error_code":42208`)
	f("POST", "/subjects/base/versions", empty, 200, `"version":1`)
	f("POST", "/subjects/base/versions", other, 200, `"version":2`)
	f("POST", "/subjects/top/versions", both, 422, `Conflicting reference versions for \"Base\": version 1 and version 2`)
	f("POST", "/subjects/reserved/versions", reserved, 409, `conflicts with the reserved field x`)
	f("POST", "/subjects/large/versions", `{"schema":"`+strings.Repeat("x", 2000)+`"}`, 413, `"error_code":413`)
}
