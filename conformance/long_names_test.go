package main

import (
	"strings"
	"testing"

	"schemaside/conformance/features"
	"schemaside/conformance/testserver"
	"schemaside/storage"
)

// TestLongNames: names that a database couldn't index are refused in each request that would write them, alike on each
// store, and leave nothing behind. Elsewhere they name nothing.
func TestLongNames(t *testing.T) {
	t.Parallel()
	w := walk{t: t}
	w.plain = testserver.Start(t, testserver.Options{}).URL
	register := features.Expand(`{"schema":"$A"}`)
	f := func(method, path, body string, wantStatus int, want string) {
		t.Helper()
		status, got := w.ask(w.plain, method, path, body)
		if status != wantStatus || !strings.Contains(got, want) {
			t.Errorf("%s %.40s... (%d bytes): %d %.200s, want %d %s", method, path, len(path), status, got, wantStatus, want)
		}
	}
	subject, registryCtx := strings.Repeat("s", storage.MaxSubject), "."+strings.Repeat("c", storage.MaxContext-1)
	for _, long := range []string{subject + "s", ":" + registryCtx + "c:s", ":" + registryCtx + "c:", ":.a:" + subject + "s", strings.Repeat("%C3%A9", 513)} {
		f("POST", "/subjects/"+long+"/versions", register, 422, `"error_code":42208`)
		f("POST", "/subjects/"+long, register, 404, `"error_code":40401`)
		f("POST", "/compatibility/subjects/"+long+"/versions", register, 200, `"is_compatible":true`)
		f("PUT", "/config/"+long, `{"compatibility":"NONE"}`, 422, `"error_code":42208`)
		f("PUT", "/mode/"+long, `{"mode":"IMPORT"}`, 422, `"error_code":42208`)
		f("DELETE", "/config/"+long, "", 404, `"error_code":404`)
		f("DELETE", "/mode/"+long, "", 404, `"error_code":404`)
		f("DELETE", "/subjects/"+long, "", 404, `"error_code":40401`)
		f("GET", "/subjects/"+long+"/versions", "", 404, `"error_code":40401`)
		f("GET", "/mode/"+long+"?defaultToGlobal=true", "", 200, `READWRITE`)
	}
	f("POST", "/contexts/"+registryCtx+"c/subjects/s/versions", register, 422, `"error_code":42208`)
	f("PUT", "/contexts/"+registryCtx+"c/config", `{"compatibility":"NONE"}`, 422, `"error_code":42208`)
	f("GET", "/subjects?subjectPrefix=:*:&deleted=true", "", 200, `[]`)
	f("GET", "/contexts", "", 200, `["."]`)

	f("POST", "/subjects/:"+registryCtx+":"+subject+"/versions", register, 200, `"id":1`)
	f("PUT", "/config/:"+registryCtx+":"+subject, `{"compatibility":"NONE"}`, 200, `NONE`)
	f("GET", "/subjects/:"+registryCtx+":"+subject+"/versions", "", 200, `[1]`)
	f("GET", "/contexts", "", 200, registryCtx)
}
