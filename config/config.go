// Package config is the typed configuration of the process. A YAML file, SCHEMASIDE_* environment variables and flags
// fill it, in rising order; whatever they say wrongly is refused with its key, its value and what is allowed.
//
// It knows keys, texts and defaults. It must not know what a setting does.
package config

import "time"

// Config is everything that can be set. The doc tags are the text of docs/configuration.md and of the flags' help.
// Flags and environment variables are named after the path of the yaml tags; a flag tag gives another name.
// Other tags: oneof lists the texts that are allowed, in any case, and later those that are
// not there yet; example is a list that is allowed; min is the least value that is allowed; the value of a secret is not shown in errors.
type Config struct {
	Listen    Address    `yaml:"listen" doc:"Address of the open listener, the view of all contexts."`
	Listeners []Listener `yaml:"listeners" doc:"Listeners in place of listen. Each has an address; context ties every request on it to one context; header tells whether the context header only selects a context (select, the default) or ties the request to it (bind). On a listener with bind a request without the header gets 403, and whoever reaches it can name any context: let only what sets the header itself reach it."`
	Admin     Admin      `yaml:"admin"`
	Storage   Storage    `yaml:"storage"`
	Registry  Registry   `yaml:"registry"`
	Schema    Schema     `yaml:"schema"`
	Resolver  Resolver   `yaml:"resolver"`
	Contexts  Contexts   `yaml:"contexts"`
	Cache     Cache      `yaml:"cache"`
	Limits    Limits     `yaml:"limits"`
	Drain     Drain      `yaml:"drain"`
	Log       Log        `yaml:"log"`
	Metrics   Metrics    `yaml:"metrics"`
}

// Listener is one address and what it says about the requests that come in there.
type Listener struct {
	Address Address `yaml:"address"`
	// Context ties every request to it; empty ties none.
	Context string `yaml:"context"`
	// Header is HeaderSelect or HeaderBind; empty means HeaderSelect.
	Header string `yaml:"header" oneof:"select|bind"`
}

// What the context header of a request does on a listener.
const (
	HeaderSelect = "select"
	HeaderBind   = "bind"
)

// Admin is where the process is watched.
type Admin struct {
	Listen Address `yaml:"listen" doc:"Address of health and metrics. Without it, open listeners serve them; a listener that is tied to a context, or whose header binds, never does. With resolver.hosts they serve health alone, and only under a Host that is not listed, such as an address; metrics name contexts and then want admin.listen."`
}

// Storage is where schemas are kept.
type Storage struct {
	Driver      string        `yaml:"driver" flag:"storage" oneof:"memory|embedded|postgres|mysql" later:"cassandra" doc:"Where schemas are kept. embedded keeps them in one file, which one process at a time can use; postgres (14 and newer) and mysql (MySQL 8.0, MariaDB 10.6 and newer) serve any number of processes; memory forgets everything when the process ends."`
	DSN         string        `yaml:"dsn" flag:"dsn" secret:"yes" doc:"Address and credentials of the database, as its driver wants them. For embedded it is the path of the file, schemaside.db in the working directory unless given, which is made if it isn't there. For postgres it is a URL or key/value pairs, as libpq takes them; for mysql user:password@tcp(host:port)/database. memory needs none."`
	Namespace   string        `yaml:"namespace" doc:"Name that keeps registries which share a database apart, at most 64 bytes."`
	Connections int           `yaml:"connections" min:"1" doc:"Connections to the database that are open at most. A request waits for one no longer than storage.deadline. One more listens to PostgreSQL's notifications."`
	Migrate     bool          `yaml:"migrate" doc:"Whether serve brings the database's tables up to date. Without it, serve refuses a database that lacks migrations: schemaside migrate applies them."`
	Deadline    time.Duration `yaml:"deadline" min:"1ms" doc:"Time that a request's calls to the database may take altogether."`
}

// Registry is what the rules fall back to.
type Registry struct {
	Compatibility  string `yaml:"compatibility" flag:"compatibility" oneof:"NONE|BACKWARD|BACKWARD_TRANSITIVE|FORWARD|FORWARD_TRANSITIVE|FULL|FULL_TRANSITIVE" doc:"Compatibility level where no config sets one."`
	ModeMutability bool   `yaml:"mode_mutability" doc:"Whether modes can be changed. Without it, PUT and DELETE of a mode are refused."`
	// RejectEmptySubject, StrictReferenceVersions and ValidateFields are off on the reference server, too.
	RejectEmptySubject      bool   `yaml:"reject_empty_subject" doc:"Whether nothing can be registered under the empty subject of a context (:.orders:)."`
	StrictReferenceVersions bool   `yaml:"strict_reference_versions" doc:"Whether a new schema that draws in two versions under one reference name is refused. Else the first one counts."`
	ValidateFields          bool   `yaml:"validate_fields" doc:"Whether reserved fields are checked where no config says."`
	RuleSets                string `yaml:"rule_sets" oneof:"keep|drop" doc:"Whether rule sets (data contracts) are kept and checked, or taken out of what comes in without a word, as Confluent's community edition does."`
}

// What becomes of rule sets.
const (
	RuleSetsKeep = "keep"
	RuleSetsDrop = "drop"
)

// Schema bounds the work for one schema. What is beyond gets 42201, also what was stored under wider bounds, once it is
// compared with or referred to.
type Schema struct {
	MaxDepth      int `yaml:"max_depth" min:"1" doc:"How deep a schema's text may nest. More than 10000 counts as 10000."`
	MaxElements   int `yaml:"max_elements" min:"1" doc:"Types, fields, options and values that a schema's text may have; in Protobuf, what it refers to counts too."`
	MaxSteps      int `yaml:"max_steps" min:"1" doc:"Work that reading a schema may take beyond a look at each element, such as resolving names: 5000000 steps take less than a second. Steps stand for time, so that the same schema is accepted or refused whatever else the machine does."`
	MaxReferences int `yaml:"max_references" min:"1" doc:"References that a schema may have, and schemas that it may draw in by them altogether."`
	// RemoteReferences is read by backend/remote.
	RemoteReferences []string `yaml:"remote_references" example:"[schemas.example, 'https://other.example/public/']" doc:"Where JSON schemas may fetch from what they refer to by an http or https URL that no reference has: hosts, which are asked by https; beginnings of URLs; or '*' for all hosts on the internet by https. Empty: nothing is ever fetched, and such a schema is refused. Private addresses are only reached through a place that is listed, link-local ones (metadata of clouds) never. A text may have 1 MiB and 3 redirects, all that a schema draws in 20 texts, 4 MiB and 2 s; texts are kept for 5 minutes. Whoever may register decides what is asked for: list as little as will do."`
}

// Resolver is how requests find their context.
type Resolver struct {
	Hosts         map[string]string `yaml:"hosts" doc:"Host names, without port, and the contexts that requests to them are tied to. A pattern such as '{context}.registry.example' with the value '{context}' ties to the context named by that label. Once a host is listed, all others get 421. Host protects nothing by itself: whoever reaches the port can send any."`
	ContextHeader HeaderName        `yaml:"context_header" doc:"Header that selects a context, or ties to it on a listener with header bind."`
	Fallback      bool              `yaml:"fallback" doc:"Whether the open view looks for an ID or a subject in other contexts when the default context doesn't have it, as Confluent's registry does."`
}

// Contexts is what holds for contexts by name.
type Contexts struct {
	Isolated []string `yaml:"isolated" doc:"Contexts that inherit from .__GLOBAL and the built-in defaults only, and that no fall-back looks into. Contexts that a listener or a host name ties to are isolated without being listed; those that only a host pattern or a header ties to have to be listed. A trailing * stands for any rest: .team-* is every context that begins so, .* every context but the default one. A warning at start names the doors that a pattern is missing for."`
}

// Cache is what is kept in memory to answer without the database.
type Cache struct {
	Enabled      bool          `yaml:"enabled" doc:"Whether answers are kept in memory at all."`
	MaxBytes     Size          `yaml:"max_bytes" min:"1MiB" doc:"Memory for the answers of all contexts together."`
	MaxContexts  int           `yaml:"max_contexts" min:"1" doc:"Contexts that have a cache of their own; the others share one."`
	Freshness    time.Duration `yaml:"freshness" min:"1ms" doc:"How old an answer that can change may be before the database is asked whether it still holds."`
	StaleIfError time.Duration `yaml:"stale_if_error" min:"0s" doc:"How long an answer that can change is served, marked as stale, while the database is away. Schemas by ID and by version have no limit."`
}

// Limits bound what clients may take up.
type Limits struct {
	Body         Size          `yaml:"body" min:"1KiB" doc:"Size of a request body, as it comes and unpacked (Content-Encoding: gzip). A larger one gets 413."`
	Connections  int           `yaml:"connections" min:"1" doc:"Open connections, all listeners together but admin.listen. One more gets 503."`
	ReadTimeout  time.Duration `yaml:"read_timeout" min:"1ms" doc:"Time to read a request. Costs least when it equals idle_timeout."`
	WriteTimeout time.Duration `yaml:"write_timeout" min:"1ms" doc:"Time to write an answer."`
	IdleTimeout  time.Duration `yaml:"idle_timeout" min:"1ms" doc:"How long a connection may wait for its next request."`
}

// Drain is how the process ends on SIGTERM or SIGINT.
type Drain struct {
	Delay   time.Duration `yaml:"delay" min:"0s" doc:"How long requests are still answered after readiness has gone down. Behind a load balancer it wants to be longer than the balancer takes to notice: its interval times its failures, plus some."`
	Timeout time.Duration `yaml:"timeout" min:"0s" doc:"How long requests under way may then take to finish."`
}

// Log is what is written to standard error.
type Log struct {
	Level  string    `yaml:"level" oneof:"debug|info|warn|error" doc:"Least level that is logged: debug, info, warn or error."`
	Format string    `yaml:"format" oneof:"json|console" doc:"json, one object a line, or console, for eyes."`
	Access AccessLog `yaml:"access" doc:"A line a request: off, on, or sample N for one in N."`
}

// Metrics bounds what is counted.
type Metrics struct {
	Contexts int `yaml:"contexts" min:"0" doc:"Contexts that have a label of their own, the first 64 bytes of their name; the rest is counted as other, and so is a context until an answer has shown that it is there."`
}

// EmbeddedFile is where the embedded store keeps its schemas unless it is told.
const EmbeddedFile = "schemaside.db"

// Default returns the configuration of a process that nobody configured.
func Default() Config {
	return Config{
		Listen:   "127.0.0.1:8081",
		Storage:  Storage{Driver: "embedded", Namespace: "default", Connections: 20, Migrate: true, Deadline: 5 * time.Second},
		Registry: Registry{Compatibility: "BACKWARD", ModeMutability: true, RuleSets: RuleSetsKeep},
		Schema:   Schema{MaxDepth: 1000, MaxElements: 100_000, MaxSteps: 5_000_000, MaxReferences: 1000},
		Resolver: Resolver{ContextHeader: "X-Schemaside-Context", Fallback: true},
		Cache: Cache{
			Enabled:      true,
			MaxBytes:     256 << 20,
			MaxContexts:  32,
			Freshness:    time.Second,
			StaleIfError: 10 * time.Minute,
		},
		Limits: Limits{
			Body:         10 << 20,
			Connections:  16384,
			ReadTimeout:  time.Minute,
			WriteTimeout: 30 * time.Second,
			IdleTimeout:  time.Minute,
		},
		// Together they end well before a container runtime loses patience, which is after ten seconds.
		Drain:   Drain{Delay: 2 * time.Second, Timeout: 5 * time.Second},
		Log:     Log{Level: "info", Format: "json"},
		Metrics: Metrics{Contexts: 100},
	}
}
