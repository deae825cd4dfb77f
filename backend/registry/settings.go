package registry

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"schemaside/backend"
	"schemaside/backend/wire"
	"schemaside/storage"
)

// Compatibility levels (spec 3.1).
const (
	levelNone               = "NONE"
	levelBackward           = "BACKWARD"
	levelBackwardTransitive = "BACKWARD_TRANSITIVE"
	levelForward            = "FORWARD"
	levelForwardTransitive  = "FORWARD_TRANSITIVE"
	levelFull               = "FULL"
	levelFullTransitive     = "FULL_TRANSITIVE"
)

// Levels returns the names of the compatibility levels.
func Levels() []string {
	return []string{levelNone, levelBackward, levelBackwardTransitive, levelForward, levelForwardTransitive, levelFull, levelFullTransitive}
}

// Compatibility policies (spec 1.6).
const (
	policyStrict  = "STRICT"
	policyLenient = "LENIENT"
	policyLogical = "LOGICAL"
)

// Modes (spec 1.6).
const (
	modeReadWrite        = "READWRITE"
	modeReadOnly         = "READONLY"
	modeReadOnlyOverride = "READONLY_OVERRIDE"
	modeImport           = "IMPORT"
	modeForward          = "FORWARD"
)

// settings is a row of storage.Settings with its config read.
type settings struct {
	subject string
	config  *wire.Config
	mode    string
}

func decodeSettings(row storage.Settings) (settings, error) {
	st := settings{subject: row.Subject, mode: row.Mode}
	if row.Config == nil {
		return st, nil
	}
	st.config = &wire.Config{}
	if err := json.Unmarshal(row.Config, st.config); err != nil {
		return st, fmt.Errorf("config of subject %q: %w", row.Subject, err)
	}
	return st, nil
}

func (st settings) change() (storage.Change, error) {
	row := storage.Settings{Subject: st.subject, Mode: st.mode}
	if st.config != nil {
		config, err := json.Marshal(st.config)
		if err != nil {
			return nil, err
		}
		row.Config = config
	}
	return storage.PutSettings{Settings: row}, nil
}

// closed tells whether a target inherits from its own context and `.__GLOBAL` only.
func (r *Registry) closed(t backend.Target) bool { return t.Bound || r.isolated(t.Context) }

// rootContext is the context whose settings lend single fields to those of a subject (spec 2.8): the default context,
// or, where nothing may come from outside, the context itself.
func (r *Registry) rootContext(t backend.Target) string {
	if r.closed(t) {
		return t.Context
	}
	return defaultContext
}

// ownConfig is the exact record of a target; nil when there is none.
func (s *session) ownConfig(t backend.Target) (*wire.Config, error) {
	st, err := s.settings(t.Context, t.Subject)
	return st.config, err
}

// configInScope is the config that holds for a target (spec 2.8). Its level is never empty.
func (s *session) configInScope(t backend.Target) (wire.Config, error) {
	own, err := s.ownConfig(t)
	if err != nil {
		return wire.Config{}, err
	}
	if own != nil {
		return s.lend(t, *own)
	}
	for _, above := range scope(t) {
		config, err := s.ownConfig(above)
		if err != nil {
			return wire.Config{}, err
		}
		if config != nil {
			return s.r.leveled(*config), nil
		}
	}
	return s.r.leveled(wire.Config{}), nil
}

// scope is where a target without a record of its own looks for one, nearest first.
func scope(t backend.Target) []backend.Target {
	var above []backend.Target
	if t.Subject != "" {
		above = append(above, backend.Target{Context: t.Context})
	}
	if t.Context != globalContext {
		above = append(above, backend.Target{Context: globalContext})
	}
	return above
}

// lend fills the fields of a target's own config that the root context lends (spec 2.8).
func (s *session) lend(t backend.Target, own wire.Config) (wire.Config, error) {
	root := backend.Target{Context: s.r.rootContext(t)}
	if t.Name() == root.Name() {
		return s.r.leveled(own), nil
	}
	from, err := s.ownConfig(root)
	if err != nil || from == nil {
		return s.r.leveled(own), err
	}
	for _, flag := range []struct{ own, from **bool }{
		{&own.Normalize, &from.Normalize},
		{&own.ValidateFields, &from.ValidateFields},
		{&own.ValidateNewSchemas, &from.ValidateNewSchemas},
		{&own.ValidateRules, &from.ValidateRules},
	} {
		if *flag.own == nil {
			*flag.own = *flag.from
		}
	}
	if own.CompatibilityPolicy == "" {
		own.CompatibilityPolicy = from.CompatibilityPolicy
	}
	if own.CompatibilityGroup == "" {
		own.CompatibilityGroup = from.CompatibilityGroup
	}
	return s.r.leveled(own), nil
}

// leveled fills a missing level with the built-in one.
func (r *Registry) leveled(c wire.Config) wire.Config {
	if c.Compatibility == "" {
		c.Compatibility = r.o.Compatibility
	}
	return c
}

// Config implements backend.Registry.
func (r *Registry) Config(ctx context.Context, p backend.Settings) (wire.Config, backend.Basis, error) {
	return read(ctx, r, func(s *session) (wire.Config, error) {
		if p.DefaultToGlobal {
			config, err := s.configInScope(p.Target)
			return shownTo(p.Target, config), err
		}
		return s.shownConfig(p.Target)
	})
}

// shownConfig is the exact record of a target as GET shows it. Errors: NoSubjectConfig.
func (s *session) shownConfig(t backend.Target) (wire.Config, error) {
	own, err := s.ownConfig(t)
	if err != nil {
		return wire.Config{}, err
	}
	if own == nil {
		if !neverMissing(t) {
			return wire.Config{}, wire.NoSubjectConfig(t.Name())
		}
		own = &wire.Config{}
	}
	return shownTo(t, s.r.leveled(*own)), nil
}

// neverMissing tells whether GET shows a default for a target without a record, instead of 404.
func neverMissing(t backend.Target) bool { return t.Root() || t.Context == globalContext }

// PutConfig implements backend.Registry.
func (r *Registry) PutConfig(ctx context.Context, p backend.Settings, u wire.ConfigUpdate) (wire.Config, error) {
	u.DefaultRuleSet.Value, u.OverrideRuleSet.Value = r.keepRules(u.DefaultRuleSet.Value), r.keepRules(u.OverrideRuleSet.Value)
	if err := checkConfigUpdate(&u); err != nil {
		return wire.Config{}, err
	}
	if err := r.bindAlias(p.Target, &u.Alias); err != nil {
		return wire.Config{}, err
	}
	if !validSettingsName(p.Target.Name()) {
		return wire.Config{}, wire.InvalidSubject(p.Target.Name())
	}
	return write(ctx, r, p.Target.Context, func(s *session) (wire.Config, []storage.Change, error) {
		if err := s.writable(p.Target); err != nil {
			return wire.Config{}, nil, err
		}
		st, err := s.settings(p.Target.Context, p.Target.Subject)
		if err != nil {
			return wire.Config{}, nil, err
		}
		merged := mergeConfig(st.config, u)
		changes, err := settingsChanges(st, settings{subject: st.subject, config: &merged, mode: st.mode})
		return shownTo(p.Target, merged), changes, err
	})
}

// settingsChanges replaces settings. A changed alias makes names mean something else, which takes answers away.
func settingsChanges(from, to settings) ([]storage.Change, error) {
	put, err := to.change()
	if err != nil {
		return nil, err
	}
	if aliasOf(from.config) != aliasOf(to.config) {
		return []storage.Change{put, storage.Removal{}}, nil
	}
	return []storage.Change{put}, nil
}

func aliasOf(c *wire.Config) string {
	if c == nil {
		return ""
	}
	return c.Alias
}

// checkConfigUpdate refuses a wrong level or rule set and puts the rest in its stored form (spec 1.6).
func checkConfigUpdate(u *wire.ConfigUpdate) error {
	if level := &u.Compatibility; level.Set && level.Value != "" {
		level.Value = strings.ToUpper(level.Value)
		if !slices.Contains(Levels(), level.Value) {
			return wire.InvalidCompatibility()
		}
	}
	if policy := &u.CompatibilityPolicy; policy.Set {
		policy.Value = strings.ToUpper(policy.Value)
		if !slices.Contains([]string{policyStrict, policyLenient, policyLogical}, policy.Value) {
			policy.Value = ""
		}
	}
	if err := checkRuleSet(u.DefaultRuleSet.Value); err != nil {
		return err
	}
	return checkRuleSet(u.OverrideRuleSet.Value)
}

func mergeConfig(old *wire.Config, u wire.ConfigUpdate) wire.Config {
	var c wire.Config
	if old != nil {
		c = *old
	}
	patch(&c.Alias, u.Alias)
	patch(&c.AliasForDeks, u.AliasForDeks)
	patch(&c.Normalize, u.Normalize)
	patch(&c.ValidateFields, u.ValidateFields)
	patch(&c.ValidateNewSchemas, u.ValidateNewSchemas)
	patch(&c.ValidateRules, u.ValidateRules)
	patch(&c.Compatibility, u.Compatibility)
	patch(&c.CompatibilityPolicy, u.CompatibilityPolicy)
	patch(&c.CompatibilityGroup, u.CompatibilityGroup)
	patch(&c.DefaultMetadata, u.DefaultMetadata)
	patch(&c.OverrideMetadata, u.OverrideMetadata)
	patch(&c.DefaultRuleSet, u.DefaultRuleSet)
	patch(&c.OverrideRuleSet, u.OverrideRuleSet)
	return c
}

func patch[T any](field *T, p wire.Patch[T]) {
	if p.Set {
		*field = p.Value
	}
}

// DeleteConfig implements backend.Registry.
func (r *Registry) DeleteConfig(ctx context.Context, p backend.Settings) (wire.Config, error) {
	return write(ctx, r, p.Target.Context, func(s *session) (wire.Config, []storage.Change, error) {
		shown, err := s.shownConfig(p.Target)
		if e := (*wire.Error)(nil); errors.As(err, &e) {
			return shown, nil, wire.SubjectNotFound(p.Target.Name())
		} else if err != nil {
			return shown, nil, err
		}
		if err := s.writable(p.Target); err != nil {
			return shown, nil, err
		}
		st, err := s.settings(p.Target.Context, p.Target.Subject)
		if err != nil || st.config == nil {
			return shown, nil, err
		}
		changes, err := settingsChanges(st, settings{subject: st.subject, mode: st.mode})
		return shown, changes, err
	})
}
