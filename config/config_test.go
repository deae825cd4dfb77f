package config

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

func write(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "schemaside.yaml")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestLoad says how each source is read, one line a case. want changes the defaults to what is expected.
func TestLoad(t *testing.T) {
	t.Parallel()
	f := func(file string, env []string, flags map[string]string, want func(c *Config)) {
		t.Helper()
		expected := Default()
		want(&expected)
		if expected.Listeners == nil {
			expected.Listeners = []Listener{{Address: expected.Listen, Header: HeaderSelect}}
		}
		if expected.Storage.Driver == "embedded" && expected.Storage.DSN == "" {
			expected.Storage.DSN = EmbeddedFile
		}
		got, err := Load(Sources{File: write(t, file), Env: env, Flags: flags})
		if err != nil {
			t.Errorf("%q, %q, %q: %v", file, env, flags, err)
		} else if !reflect.DeepEqual(got, expected) {
			t.Errorf("%q, %q, %q:\n got %+v\nwant %+v", file, env, flags, got, expected)
		}
	}
	env := func(pairs ...string) []string { return pairs }
	type flags = map[string]string

	f("", nil, nil, func(*Config) {})
	f("# nothing but a comment", nil, nil, func(*Config) {})
	f("cache:", nil, nil, func(*Config) {})

	f("listen: 0.0.0.0:80", nil, nil, func(c *Config) { c.Listen = "0.0.0.0:80" })
	f("", env("SCHEMASIDE_LISTEN=:80"), nil, func(c *Config) { c.Listen = ":80" })
	f("", nil, flags{"listen": "[::1]:0"}, func(c *Config) { c.Listen = "[::1]:0" })
	f("listen: :1", env("SCHEMASIDE_LISTEN=:2"), nil, func(c *Config) { c.Listen = ":2" })
	f("listen: :1", env("SCHEMASIDE_LISTEN=:2"), flags{"listen": ":3"}, func(c *Config) { c.Listen = ":3" })
	f("listen: :1", env("SCHEMASIDE_LISTEN="), nil, func(c *Config) { c.Listen = ":1" })

	f("cache: {enabled: false}", nil, nil, func(c *Config) { c.Cache.Enabled = false })
	f("cache: {max_bytes: 1GiB}", nil, nil, func(c *Config) { c.Cache.MaxBytes = 1 << 30 })
	f("cache: {max_bytes: 1048576}", nil, nil, func(c *Config) { c.Cache.MaxBytes = 1 << 20 })
	f("", env("SCHEMASIDE_CACHE_MAX_BYTES=3 MiB"), nil, func(c *Config) { c.Cache.MaxBytes = 3 << 20 })
	f("", env("SCHEMASIDE_CACHE_FRESHNESS=250ms"), nil, func(c *Config) { c.Cache.Freshness = 250 * time.Millisecond })
	f("drain: {delay: 0s}", nil, nil, func(c *Config) { c.Drain.Delay = 0 })
	f("registry: {compatibility: full_Transitive}", nil, nil, func(c *Config) { c.Registry.Compatibility = "FULL_TRANSITIVE" })
	f("storage: {driver: MEMORY}", nil, nil, func(c *Config) { c.Storage.Driver = "memory" })
	f("log: {access: sample 100}", nil, nil, func(c *Config) { c.Log.Access.Every = 100 })
	f("log: {access: on}", nil, nil, func(c *Config) { c.Log.Access.Every = 1 })
	f("log: {access: on}", env("SCHEMASIDE_LOG_ACCESS=off"), nil, func(*Config) {})
	f("resolver: {context_header: ''}", nil, nil, func(c *Config) { c.Resolver.ContextHeader = "" })
	f("resolver: {context_header: tenant}", nil, nil, func(c *Config) { c.Resolver.ContextHeader = "tenant" })

	f("resolver: {hosts: {a.example: .a, '{context}.example': '{context}'}}", nil, nil, func(c *Config) {
		c.Resolver.Hosts = map[string]string{"a.example": ".a", "{context}.example": "{context}"}
	})
	f("", env("SCHEMASIDE_RESOLVER_HOSTS={a.example: .a}"), nil, func(c *Config) { c.Resolver.Hosts = map[string]string{"a.example": ".a"} })
	f("contexts: {isolated: [.a, b]}", nil, nil, func(c *Config) { c.Contexts.Isolated = []string{".a", "b"} })
	f("", nil, flags{"contexts.isolated": "[.a]"}, func(c *Config) { c.Contexts.Isolated = []string{".a"} })
	f("contexts: {isolated: [.a, b]}", nil, flags{"contexts.isolated": "[]"}, func(c *Config) { c.Contexts.Isolated = []string{} })
	f("listeners: [{address: ':1'}, {address: ':2', context: .a}, {address: ':3', header: BIND}]", nil, nil, func(c *Config) {
		c.Listeners = []Listener{{":1", "", HeaderSelect}, {":2", ".a", HeaderSelect}, {":3", "", HeaderBind}}
	})
	f("limits: {body: &size 2MiB}\ncache: {max_bytes: *size}", nil, nil, func(c *Config) { c.Limits.Body, c.Cache.MaxBytes = 2<<20, 2<<20 })

	f("", env("SCHEMASIDE_PORT=tcp://10.0.0.1:8081", "SCHEMASIDE_PORT_8081_TCP_ADDR=10.0.0.1", "SCHEMASIDE_SERVICE_HOST=10.0.0.1", "SCHEMASIDE_TEST_MYSQL_DSN=x", "PATH=/bin", "SCHEMASIDES=1"), nil, func(*Config) {})
}

// TestLoadRefuses says what each mistake is answered with. The file's path is left out of want.
func TestLoadRefuses(t *testing.T) {
	t.Parallel()
	f := func(file string, env []string, flags map[string]string, want ...string) {
		t.Helper()
		path := write(t, file)
		_, err := Load(Sources{File: path, Env: env, Flags: flags})
		if err == nil {
			t.Errorf("%q, %q, %q: no error, want %q", file, env, flags, want)
			return
		}
		got := strings.ReplaceAll(err.Error(), path, "FILE")
		if got != strings.Join(want, "\n") {
			t.Errorf("%q, %q, %q:\n got %s\nwant %s", file, env, flags, got, strings.Join(want, "\n"))
		}
	}
	inFile := func(file string, want ...string) { t.Helper(); f(file, nil, nil, want...) }
	inEnv := func(pair string, want ...string) { t.Helper(); f("", []string{pair}, nil, want...) }
	inFlag := func(key, text string, want ...string) {
		t.Helper()
		f("", nil, map[string]string{key: text}, want...)
	}

	inFile("lisen: x", `FILE:1: unknown key lisen: want listen, listeners, admin, storage, registry, schema, resolver, contexts, cache, limits, drain, log, metrics`)
	inFile("cache:\n  enabled: true\n  max_byte: 1", `FILE:3: unknown key cache.max_byte: want enabled, max_bytes, max_contexts, freshness, stale_if_error`)
	inFile("cache: yes", `FILE:1 (cache): "yes": want a group of keys`)
	inFile("[a]", `FILE:1: "[a]": want a group of keys`)
	inFile("listen: :1\nlisten: :2", `FILE:2 (listen): "listen": want each key once`)
	inFile("cache: {enabled: true, enabled: true}", `FILE:1 (cache.enabled): "enabled": want each key once`)
	inFile("{[a]: b}", `FILE:1: "[a]": want a plain key`)
	inFile("listen: [a, {b: [c, 'd e'], f: ~}]", `FILE:1 (listen): "[a, {b: [c, d e], f: ~}]": want host:port, such as 127.0.0.1:8081 or :8081`)
	inFile("listen: &a [*a, b]", `FILE:1 (listen): "[*a, b]": want host:port, such as 127.0.0.1:8081 or :8081`)
	inFile("listen: ["+strings.Repeat("é", 99)+"]", `FILE:1 (listen): "[`+strings.Repeat("é", 39)+`...": want host:port, such as 127.0.0.1:8081 or :8081`)
	inFile("storage: {dsn: {password: secret}}", `FILE:1 (storage.dsn): "...": want a text`)
	inFile("listen: [", "FILE: not YAML: yaml: line 1: did not find expected node content")
	inFile("listen: :1\n---\nlisten: :2", "FILE: more than one YAML document: want one")
	inFile("listen: 8081", `FILE:1 (listen): "8081": want host:port, such as 127.0.0.1:8081 or :8081`)
	inFile("listen:", `FILE:1 (listen): "": want host:port, such as 127.0.0.1:8081 or :8081`)
	inFile("listen: {}", `FILE:1 (listen): "{}": want host:port, such as 127.0.0.1:8081 or :8081`)
	inFile("listen: a:65536", `FILE:1 (listen): "a:65536": want host:port, such as 127.0.0.1:8081 or :8081`)
	inFile("cache: {enabled: maybe, max_bytes: lots}",
		`FILE:1 (cache.enabled): "maybe": want true or false`,
		`FILE:1 (cache.max_bytes): "lots": want a number of bytes, such as 4096, 512KiB, 10MiB or 1GiB, at least 1MiB`)
	inFile("cache: {max_bytes: 1KiB}", `FILE:1 (cache.max_bytes): "1KiB": want a number of bytes, such as 4096, 512KiB, 10MiB or 1GiB, at least 1MiB`)
	inFile("cache: {max_bytes: -1}", `FILE:1 (cache.max_bytes): "-1": want a number of bytes, such as 4096, 512KiB, 10MiB or 1GiB, at least 1MiB`)
	inFile("cache: {max_bytes: 9223372036854775807KiB}", `FILE:1 (cache.max_bytes): "9223372036854775807KiB": want a number of bytes, such as 4096, 512KiB, 10MiB or 1GiB, at least 1MiB`)
	inFile("cache: {max_contexts: 0}", `FILE:1 (cache.max_contexts): "0": want a whole number, at least 1`)
	inFile("schema: {max_depth: 0}", `FILE:1 (schema.max_depth): "0": want a whole number, at least 1`)
	inFile("cache: {max_contexts: 1.5}", `FILE:1 (cache.max_contexts): "1.5": want a whole number, at least 1`)
	inFile("drain: {delay: -1s}", `FILE:1 (drain.delay): "-1s": want a duration, such as 500ms, 5s or 10m, at least 0s`)
	inFile("drain: {delay: 5}", `FILE:1 (drain.delay): "5": want a duration, such as 500ms, 5s or 10m, at least 0s`)
	inFile("log: {access: sample}", `FILE:1 (log.access): "sample": want off, on, or sample N with N from 1`)
	inFile("log: {access: sample 0}", `FILE:1 (log.access): "sample 0": want off, on, or sample N with N from 1`)
	inFile("log: {level: loud}", `FILE:1 (log.level): "loud": want debug, info, warn, error`)
	for _, header := range []string{
		"a b", "Host", "accept", "Accept-Encoding", "Content-Type", "content-length", "Connection", "Cache-Control", "Authorization",
		"Transfer-Encoding", "X-Request-ID", "User-Agent", "Cookie", "Expect", "If-None-Match", "X-Forwarded-For",
	} {
		inFile("resolver: {context_header: '"+header+"'}",
			`FILE:1 (resolver.context_header): "`+header+`": want the name of a header that means nothing else, such as X-Schemaside-Context`)
	}
	inFile("resolver: {hosts: [a]}", `FILE:1 (resolver.hosts): "[a]": want a map such as {orders.example: .orders}`)
	inFile("resolver: {hosts: {a.example: [b]}}", `FILE:1 (resolver.hosts.a.example): "[b]": want a text`)
	inFile("contexts: {isolated: .a}", `FILE:1 (contexts.isolated): ".a": want a list such as [.orders, .billing]`)
	inFile("contexts: {isolated: [~]}", `FILE:1 (contexts.isolated[0]): "~": want a text`)
	inFile("listeners: [{address: a}]", `FILE:1 (listeners[0].address): "a": want host:port, such as 127.0.0.1:8081 or :8081`)
	inFile("listeners: [{address: ':1'}, {context: .a}]", `FILE (listeners[1].address): "": want host:port, such as 127.0.0.1:8081 or :8081`)
	inFile("listeners: [{address: ':1', head: bind}]", `FILE:1: unknown key listeners[0].head: want address, context, header`)
	inFile("listeners: [{address: ':1', header: yes}]", `FILE:1 (listeners[0].header): "yes": want select, bind`)
	inFile("listeners: [{address: ':1', header: bind}]\nresolver: {context_header: ''}",
		`FILE (listeners[0].header): "bind": want select, since resolver.context_header names no header`)
	inFile("listeners: [':1']", `FILE:1 (listeners[0]): ":1": want a group of keys`)
	inFile("listen: :1\nlisteners: [{address: ':2'}]", `FILE (listen): ":1": want it or listeners (set by FILE), not both`)
	inFile("registry: {compatibility: SIDEWAYS}", `FILE:1 (registry.compatibility): "SIDEWAYS": want NONE, BACKWARD, BACKWARD_TRANSITIVE, FORWARD, FORWARD_TRANSITIVE, FULL, FULL_TRANSITIVE`)
	inFile("a: &a [*a]", `FILE:1: unknown key a: want listen, listeners, admin, storage, registry, schema, resolver, contexts, cache, limits, drain, log, metrics`)

	inEnv("SCHEMASIDE_STORAGE_DRIVER=cassandra", `SCHEMASIDE_STORAGE_DRIVER (storage.driver): "cassandra": want memory, embedded, postgres, mysql (not there yet: cassandra)`)
	inEnv("SCHEMASIDE_CONTEXTS_ISOLATED=.a,.b", `SCHEMASIDE_CONTEXTS_ISOLATED (contexts.isolated): ".a,.b": want a list such as [.orders, .billing]`)
	inEnv("SCHEMASIDE_CONTEXTS_ISOLATED=[", `SCHEMASIDE_CONTEXTS_ISOLATED (contexts.isolated): "[": want a list such as [.orders, .billing]`)
	f("storage: {driver: memory}", []string{"SCHEMASIDE_STORAGE_DSN=user:secret@db"}, nil, `SCHEMASIDE_STORAGE_DSN (storage.dsn): want none, since storage.driver is memory`)
	inFlag("registry.mode_mutability", "sometimes", `--registry-mode-mutability (registry.mode_mutability): "sometimes": want true or false`)
	inFlag("storage.driver", "x", `--storage (storage.driver): "x": want memory, embedded, postgres, mysql (not there yet: cassandra)`)
	inFlag("resolver.hosts", "", `--resolver-hosts (resolver.hosts): "": want a map such as {orders.example: .orders}`)
	f("listeners: [{address: ':2'}]", nil, map[string]string{"listen": ":1"}, `--listen (listen): ":1": want it or listeners (set by FILE), not both`)
}

func TestLoadRefusesUnknownVariable(t *testing.T) {
	t.Parallel()
	_, err := Load(Sources{Env: []string{"SCHEMASIDE_CACHE_MAXBYTES=1MiB"}})
	for _, want := range []string{"SCHEMASIDE_CACHE_MAXBYTES", `"1MiB"`, "SCHEMASIDE_CACHE_MAX_BYTES"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v doesn't name %s", err, want)
		}
	}
}

// TestLoadShowsNoPassword: a mistyped name may have a password for its value.
func TestLoadShowsNoPassword(t *testing.T) {
	t.Parallel()
	for _, variable := range []string{"SCHEMASIDE_DSN=secret", "SCHEMASIDE_URL=postgres://u:secret@h/d", "SCHEMASIDE_X=user=u password=secret", "SCHEMASIDE_PASSWORD=secret"} {
		if _, err := Load(Sources{Env: []string{variable}}); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: error %v", variable, err)
		}
	}
}

func TestLoadFileVariable(t *testing.T) {
	t.Parallel()
	path := write(t, "listen: ':1'")
	if c, err := Load(Sources{Env: []string{"SCHEMASIDE_CONFIG=" + path}}); err != nil || c.Listen != ":1" {
		t.Errorf("listen %q, error %v; want :1", c.Listen, err)
	}
	if c, err := Load(Sources{File: write(t, "listen: ':2'"), Env: []string{"SCHEMASIDE_CONFIG=" + path}}); err != nil || c.Listen != ":2" {
		t.Errorf("listen %q, error %v; want :2, the flag's", c.Listen, err)
	}
	if _, err := Load(Sources{File: path + ".not"}); err == nil || !strings.Contains(err.Error(), path+".not") {
		t.Errorf("error %v doesn't name the missing file", err)
	}
}

// TestLoadFile: the embedded store has a file unless it is told.
func TestLoadFile(t *testing.T) {
	t.Parallel()
	f := func(flags map[string]string, named Storage) {
		t.Helper()
		want := Default().Storage
		want.Driver, want.DSN = named.Driver, named.DSN
		if c, err := Load(Sources{Flags: flags}); err != nil || c.Storage != want {
			t.Errorf("%v: %+v, %v; want %+v", flags, c.Storage, err, want)
		}
	}
	f(nil, Storage{Driver: "embedded", DSN: "schemaside.db"})
	f(map[string]string{"storage.dsn": "/var/lib/x.db"}, Storage{Driver: "embedded", DSN: "/var/lib/x.db"})
	f(map[string]string{"storage.driver": "memory"}, Storage{Driver: "memory"})
}

// TestDefaultsAreAllowed feeds every default back as a text.
func TestDefaultsAreAllowed(t *testing.T) {
	t.Parallel()
	names, flags, variables := map[string]bool{}, map[string]bool{}, map[string]bool{}
	given := map[string]string{}
	for _, k := range Keys() {
		if names[k.Name] || flags[k.Flag] || variables[k.Env] {
			t.Errorf("%s: its name, flag or variable is another key's, too", k.Name)
		}
		names[k.Name], flags[k.Flag], variables[k.Env] = true, true, true
		if k.Default != "" {
			given[k.Name] = k.Default
		}
	}
	want, err := Load(Sources{})
	if err != nil {
		t.Fatal(err)
	}
	got, err := Load(Sources{Flags: given})
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v\nwant %+v", got, err, want)
	}
}

func FuzzYAML(f *testing.F) {
	for _, seed := range []string{
		"listen: :1", "cache: {max_bytes: 10MiB}", "listeners: [{address: ':1', context: .a, header: bind}]",
		"resolver: {hosts: {a: b}}", "a: &a [*a]", "? [a]\n: b", "cache: &c {enabled: true}\nlog: *c", "log: {access: sample 3}", "- a\n---\n- b",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		l := loader{config: Default(), keys: Keys(), set: map[string]string{}}
		if l.yaml("file", content) != nil || l.finish() != nil {
			return
		}
		c := l.config
		if len(c.Listeners) == 0 || c.Cache.MaxBytes < 1<<20 || c.Drain.Delay < 0 || (c.Storage.Driver == "memory") != (c.Storage.DSN == "") {
			t.Errorf("accepted %+v", c)
		}
	})
}
