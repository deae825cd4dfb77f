package copier

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"
	"unique"
)

// remote is a registry that is reached over HTTP.
type remote struct {
	base, user, password, token string
	http                        *http.Client
	concurrency, attempts       int
	timeout, backoff            time.Duration
	// knowsContexts is found out by contexts.
	knowsContexts bool
}

func newRemote(e Endpoint, o Options, transport http.RoundTripper) *remote {
	return &remote{
		base: e.String(), user: e.User, password: e.Password, token: e.Token, http: &http.Client{Transport: transport},
		concurrency: max(o.Concurrency, 1), attempts: o.Attempts, timeout: o.Timeout, backoff: o.Backoff,
	}
}

// version is a version of a subject. Texts are kept once, however many versions of both ends share them.
type version struct {
	subject string // without its context
	number  int
	id      int
	// guid is empty where the server tells none.
	guid            string
	kind            string
	text            unique.Handle[string]
	references      []reference
	metadata, rules unique.Handle[string] // JSON with sorted keys; empty for none
	deleted         bool
	written         int64 // milliseconds; 0 where the server doesn't tell
}

type reference struct {
	Name    string `json:"name"`
	Subject string `json:"subject"`
	Version int    `json:"version"`
}

// shownSchema is a version as the REST API shows it.
type shownSchema struct {
	Subject    string          `json:"subject"`
	Version    int             `json:"version"`
	ID         int             `json:"id"`
	GUID       string          `json:"guid"`
	SchemaType string          `json:"schemaType"`
	References []reference     `json:"references"`
	Metadata   json.RawMessage `json:"metadata"`
	RuleSet    json.RawMessage `json:"ruleSet"`
	Schema     string          `json:"schema"`
	Timestamp  int64           `json:"ts"`
	Aliases    []string        `json:"aliases"`
}

func (s shownSchema) version(subject string, number int, deleted bool) (version, error) {
	metadata, err := sorted(s.Metadata)
	if err != nil {
		return version{}, err
	}
	rules, err := sorted(s.RuleSet)
	if err != nil {
		return version{}, err
	}
	return version{
		subject: subject, number: number, id: s.ID, guid: s.GUID, kind: cmp.Or(s.SchemaType, "AVRO"),
		text: unique.Make(s.Schema), references: s.References, metadata: unique.Make(metadata), rules: unique.Make(rules),
		deleted: deleted, written: s.Timestamp,
	}, nil
}

// sorted writes JSON with sorted keys. Nothing and null are empty.
func sorted(raw json.RawMessage) (string, error) {
	if len(raw) == 0 || string(raw) == "null" {
		return "", nil
	}
	v, err := decodeNumbers(raw)
	if err != nil {
		return "", err
	}
	text, err := json.Marshal(v)
	return string(text), err
}

// contexts lists the contexts; a server that knows none has the default one.
func (r *remote) contexts(ctx context.Context) ([]string, error) {
	var names []string
	err := r.call(ctx, request{method: http.MethodGet, path: "/contexts"}, &names)
	if refusedWith(err, 404, 405) {
		return []string{defaultContext}, nil
	} else if err != nil {
		return nil, err
	}
	r.knowsContexts = !slices.Equal(names, []string{":.:"})
	for i, name := range names {
		if name == ":.:" {
			names[i] = defaultContext
		}
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}

// subjects lists the subjects of a context, soft-deleted ones included.
func (r *remote) subjects(ctx context.Context, registryCtx string) ([]string, error) {
	var names []string
	q := url.Values{"deleted": {"true"}, "subjectPrefix": {r.prefix(registryCtx)}}
	if err := r.call(ctx, request{method: http.MethodGet, path: "/subjects", query: q}, &names); err != nil {
		return nil, err
	}
	var own []string
	for _, name := range names {
		if in, subject := r.split(name); in == registryCtx {
			own = append(own, subject)
		}
	}
	slices.Sort(own)
	return slices.Compact(own), nil
}

func (r *remote) prefix(registryCtx string) string {
	if registryCtx == defaultContext {
		return ""
	}
	return qualified(registryCtx, "")
}

// split takes a name apart; a server that knows no contexts has plain names only.
func (r *remote) split(name string) (registryCtx, subject string) {
	if !r.knowsContexts {
		return defaultContext, name
	}
	return split(name)
}

// numbers lists the versions of a subject, and those of them that are not soft-deleted.
func (r *remote) numbers(ctx context.Context, name string) (all, live []int, err error) {
	q := request{method: http.MethodGet, path: "/subjects/" + segment(name) + "/versions", query: url.Values{"deleted": {"true"}}}
	if err := r.call(ctx, q, &all); err != nil {
		return nil, nil, gone(err)
	}
	q.query = nil
	err = gone(r.call(ctx, q, &live))
	return all, live, err
}

// gone makes an empty answer of "not found".
func gone(err error) error {
	if refusedWith(err, 404) {
		return nil
	}
	return err
}

// version reads a version, soft-deleted or not. found is false if it has gone since it was listed.
func (r *remote) version(ctx context.Context, registryCtx, subject string, number int, deleted bool) (v version, found bool, err error) {
	var shown shownSchema
	path := "/subjects/" + segment(qualified(registryCtx, subject)) + "/versions/" + strconv.Itoa(number)
	err = r.call(ctx, request{method: http.MethodGet, path: path, query: url.Values{"deleted": {"true"}}}, &shown)
	if refusedWith(err, 404) {
		return v, false, nil
	} else if err != nil {
		return v, false, err
	}
	v, err = shown.version(subject, number, deleted)
	return v, err == nil, err
}

// holders lists the subjects that hold an ID, in the order in which the registry has them.
func (r *remote) holders(ctx context.Context, registryCtx string, id int) ([]string, error) {
	var shown []shownSchema
	q := url.Values{"deleted": {"true"}, "subject": {r.prefix(registryCtx)}}
	if err := r.call(ctx, request{method: http.MethodGet, path: "/schemas/ids/" + strconv.Itoa(id) + "/versions", query: q}, &shown); err != nil {
		return nil, err
	}
	names := make([]string, len(shown))
	for i, s := range shown {
		_, names[i] = r.split(s.Subject)
	}
	return names, nil
}

// schemas calls each with what `GET /schemas` lists. Nothing is listed by servers that don't have it.
func (r *remote) schemas(ctx context.Context, q url.Values, each func(shownSchema) error) error {
	const page = 1000
	seen := map[string]bool{}
	for offset := 0; ; offset += page {
		q.Set("offset", strconv.Itoa(offset))
		q.Set("limit", strconv.Itoa(page))
		var list []shownSchema
		err := r.call(ctx, request{method: http.MethodGet, path: "/schemas", query: q}, &list)
		if refusedWith(err, 404, 405) {
			return nil
		} else if err != nil {
			return err
		}
		// A server that doesn't know pages shows the same ones again.
		news := false
		for _, s := range list {
			if key := s.Subject + ":" + strconv.Itoa(s.Version); !seen[key] {
				seen[key], news = true, true
				if err := each(s); err != nil {
					return err
				}
			}
		}
		if !news || len(list) < page {
			return nil
		}
	}
}

// aliases lists the subjects of a context that are known as aliases only.
func (r *remote) aliases(ctx context.Context, registryCtx string) ([]string, error) {
	var out []string
	q := url.Values{"aliases": {"true"}, "deleted": {"true"}, "latestOnly": {"true"}, "subjectPrefix": {r.prefix(registryCtx)}}
	err := r.schemas(ctx, q, func(s shownSchema) error {
		for _, alias := range s.Aliases {
			in, subject := r.split(alias)
			if in == defaultContext {
				in, _ = r.split(s.Subject) // written relative to what it leads to
			}
			if in == registryCtx {
				out = append(out, subject)
			}
		}
		return nil
	})
	return out, err
}

// shadowed reads the versions of a subject whose name is an alias for another one, so that it can't be asked for.
func (r *remote) shadowed(ctx context.Context, registryCtx, subject string) ([]version, error) {
	name := qualified(registryCtx, subject)
	live := map[int]bool{}
	err := r.schemas(ctx, url.Values{"subjectPrefix": {name}}, func(s shownSchema) error {
		live[s.Version] = live[s.Version] || s.Subject == name
		return nil
	})
	if err != nil {
		return nil, err
	}
	var out []version
	err = r.schemas(ctx, url.Values{"subjectPrefix": {name}, "deleted": {"true"}}, func(s shownSchema) error {
		if s.Subject != name {
			return nil
		}
		v, err := s.version(subject, s.Version, !live[s.Version])
		out = append(out, v)
		return err
	})
	return out, err
}

// registration is the body of a registration.
type registration struct {
	Version    int             `json:"version"`
	ID         int             `json:"id"`
	SchemaType string          `json:"schemaType,omitempty"`
	References []reference     `json:"references,omitempty"`
	Metadata   json.RawMessage `json:"metadata,omitempty"`
	RuleSet    json.RawMessage `json:"ruleSet,omitempty"`
	Schema     string          `json:"schema"`
}

// register writes a version with its number and its ID. The context has to be in mode IMPORT.
func (r *remote) register(ctx context.Context, registryCtx string, v version) error {
	body := registration{
		Version: v.number, ID: v.id, SchemaType: v.kind, References: v.references,
		Metadata: json.RawMessage(v.metadata.Value()), RuleSet: json.RawMessage(v.rules.Value()), Schema: v.text.Value(),
	}
	path := "/subjects/" + segment(qualified(registryCtx, v.subject)) + "/versions"
	var got struct {
		ID      int `json:"id"`
		Version int `json:"version"`
	}
	if err := r.call(ctx, request{method: http.MethodPost, path: path, body: body}, &got); err != nil {
		return err
	}
	// Older servers answer with the ID alone.
	if got.ID != v.id || got.Version != 0 && got.Version != v.number {
		return &apiError{Status: 200, request: "POST " + path, Message: fmt.Sprintf("it became version %d with ID %d", got.Version, got.ID)}
	}
	return nil
}

// softDelete deletes a version, if it isn't deleted already.
func (r *remote) softDelete(ctx context.Context, registryCtx string, v version) error {
	path := "/subjects/" + segment(qualified(registryCtx, v.subject)) + "/versions/" + strconv.Itoa(v.number)
	err := r.call(ctx, request{method: http.MethodDelete, path: path}, nil)
	if refusedWith(err, 40406) {
		return nil
	}
	return err
}

// hardDelete deletes a soft-deleted version for good, if it is there.
func (r *remote) hardDelete(ctx context.Context, registryCtx string, v version) error {
	path := "/subjects/" + segment(qualified(registryCtx, v.subject)) + "/versions/" + strconv.Itoa(v.number)
	return gone(r.call(ctx, request{method: http.MethodDelete, path: path, query: url.Values{"permanent": {"true"}}}, nil))
}

// errNoAnswer tells that a registry can't be asked any more, or that nothing more may be asked.
func errNoAnswer(err error) bool {
	refusal, ok := errors.AsType[*apiError](err)
	return err != nil && (!ok || !refusal.about())
}
