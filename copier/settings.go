package copier

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
)

// tier is config and mode at one place: a subject, a context, `.__GLOBAL`. Empty means that none is shown.
type tier struct {
	// config is JSON with sorted keys.
	config, mode string
	// configInScope and modeInScope include what is inherited. They are read for contexts only.
	configInScope, modeInScope string
}

// decodeNumbers reads JSON and keeps numbers as they are written.
func decodeNumbers(raw []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	err := d.Decode(&v)
	return v, err
}

// settingsPath is where config or mode of a subject are, or, for an empty one, those of the context.
func settingsPath(what, registryCtx, subject string) string {
	if registryCtx == defaultContext && subject == "" {
		return "/" + what
	}
	return "/" + what + "/" + segment(qualified(registryCtx, subject))
}

func (r *remote) config(ctx context.Context, registryCtx, subject string, inherited bool) (string, error) {
	var raw json.RawMessage
	q := request{method: http.MethodGet, path: settingsPath("config", registryCtx, subject), query: inheriting(inherited)}
	if err := gone(r.call(ctx, q, &raw)); err != nil {
		return "", err
	}
	return sorted(raw)
}

func (r *remote) mode(ctx context.Context, registryCtx, subject string, inherited bool) (string, error) {
	var shown modeBody
	q := request{method: http.MethodGet, path: settingsPath("mode", registryCtx, subject), query: inheriting(inherited)}
	err := gone(r.call(ctx, q, &shown))
	return shown.Mode, err
}

func inheriting(inherited bool) url.Values {
	if !inherited {
		return nil
	}
	return url.Values{"defaultToGlobal": {"true"}}
}

type modeBody struct {
	Mode string `json:"mode"`
}

// tierOf reads config and mode of a subject.
func (r *remote) tierOf(ctx context.Context, registryCtx, subject string) (t tier, err error) {
	if t.config, err = r.config(ctx, registryCtx, subject, false); err != nil {
		return t, err
	}
	t.mode, err = r.mode(ctx, registryCtx, subject, false)
	return t, err
}

// rootTier reads config and mode of a context, with what holds in it.
func (r *remote) rootTier(ctx context.Context, registryCtx string) (t tier, err error) {
	if t, err = r.tierOf(ctx, registryCtx, ""); err != nil {
		return t, err
	}
	if t.configInScope, err = r.config(ctx, registryCtx, "", true); err != nil {
		return t, err
	}
	t.modeInScope, err = r.mode(ctx, registryCtx, "", true)
	return t, err
}

// own returns what a context set by itself, as far as that can be seen: the default context and `.__GLOBAL` show a default
// where there is nothing. What the default context shows is its own unless something else holds in it.
func own(registryCtx, shown, inScope string) string {
	if registryCtx == defaultContext && shown != inScope {
		return ""
	}
	return shown
}

// alike tells whether what two contexts show is the same. The default context always shows something, so with another one
// it has only in common what holds.
func alike(p Pair, shown, inScope, otherShown, otherInScope string) bool {
	if p.unlike() {
		return inScope == otherInScope
	}
	return shown == otherShown && inScope == otherInScope
}

// unlike tells that one of the two is the default context, and the other isn't.
func (p Pair) unlike() bool { return (p.From == defaultContext) != (p.To == defaultContext) }

func (p Pair) sameConfig(from, to tier) bool {
	return alike(p, from.config, from.configInScope, to.config, to.configInScope)
}

func (p Pair) sameMode(from, to tier) bool {
	return alike(p, from.mode, from.modeInScope, to.mode, to.modeInScope)
}

// putConfig makes the config of a subject or a context what it shall be, when it is what it was.
func (r *remote) putConfig(ctx context.Context, registryCtx, subject, was, shall string) error {
	body, err := configUpdate(was, shall)
	if err != nil {
		return err
	}
	return r.call(ctx, request{method: http.MethodPut, path: settingsPath("config", registryCtx, subject), body: body}, nil)
}

// configUpdate is the body that turns one config into another: absent fields would stay as they are, so those to go are
// null.
func configUpdate(was, shall string) (map[string]any, error) {
	update := map[string]any{}
	for _, text := range []string{was, shall} {
		if text == "" {
			continue
		}
		v, err := decodeNumbers([]byte(text))
		if err != nil {
			return nil, err
		}
		fields, _ := v.(map[string]any)
		for name, value := range fields {
			if text == was && was != shall {
				value = nil
			}
			if name == "compatibilityLevel" {
				name = "compatibility" // shown under one name, set under another
			}
			update[name] = value
		}
	}
	return update, nil
}

// putMode sets a mode whatever the versions that are there: whether they may be there is decided by the plan.
func (r *remote) putMode(ctx context.Context, registryCtx, subject, mode string) error {
	return r.call(ctx, request{
		method: http.MethodPut, path: settingsPath("mode", registryCtx, subject), query: url.Values{"force": {"true"}}, body: modeBody{mode},
	}, nil)
}

// clear removes a config or a mode, if there is one.
func (r *remote) clear(ctx context.Context, what, registryCtx, subject string) error {
	return gone(r.call(ctx, request{method: http.MethodDelete, path: settingsPath(what, registryCtx, subject)}, nil))
}

// aliasIn returns the alias that a config sets.
func aliasIn(config string) string {
	var shown struct {
		Alias string `json:"alias"`
	}
	if config == "" || json.Unmarshal([]byte(config), &shown) != nil {
		return ""
	}
	return shown.Alias
}
