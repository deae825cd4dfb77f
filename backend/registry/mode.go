package registry

import (
	"context"
	"errors"
	"slices"
	"strings"

	"schemaside/backend"
	"schemaside/backend/wire"
	"schemaside/storage"
)

// modeInScope is the mode that holds for a target (spec 2.8). It is never empty.
func (s *session) modeInScope(t backend.Target) (string, error) {
	for _, at := range append([]backend.Target{t}, scope(t)...) {
		st, err := s.settings(at.Context, at.Subject)
		if err != nil {
			return "", err
		}
		if st.mode != "" {
			return st.mode, nil
		}
	}
	return modeReadWrite, nil
}

// writable refuses a change of a target that is read-only.
func (s *session) writable(t backend.Target) error {
	mode, err := s.modeInScope(t)
	if err != nil {
		return err
	}
	if mode != modeReadOnly && mode != modeReadOnlyOverride {
		return nil
	}
	if t.Root() {
		return wire.ReadOnly("null", t.Context)
	}
	return wire.ReadOnly(t.Name(), t.Context)
}

// Mode implements backend.Registry.
func (r *Registry) Mode(ctx context.Context, p backend.Settings) (string, backend.Basis, error) {
	return read(ctx, r, func(s *session) (string, error) {
		if p.DefaultToGlobal {
			return s.modeInScope(p.Target)
		}
		st, err := s.settings(p.Target.Context, p.Target.Subject)
		switch {
		case err != nil:
			return "", err
		case st.mode != "":
			return st.mode, nil
		case neverMissing(p.Target):
			return modeReadWrite, nil
		default:
			return "", wire.NoSubjectMode(p.Target.Name())
		}
	})
}

// PutMode implements backend.Registry.
func (r *Registry) PutMode(ctx context.Context, p backend.Settings, mode *string, force bool) error {
	to, err := r.checkMode(p.Target, mode)
	if err != nil {
		return err
	}
	emptied, before := false, ""
	_, err = write(ctx, r, p.Target.Context, func(s *session) (struct{}, []storage.Change, error) {
		emptied = false
		st, err := s.settings(p.Target.Context, p.Target.Subject)
		if err != nil {
			return struct{}{}, nil, err
		}
		before = st.mode
		if to == modeImport && !force {
			inScope, err := s.modeInScope(p.Target)
			if err != nil {
				return struct{}{}, nil, err
			}
			if emptied = inScope != modeImport; emptied {
				if err := s.importable(p.Target); err != nil {
					return struct{}{}, nil, err
				}
			}
		}
		st.mode = to
		change, err := st.change()
		return struct{}{}, []storage.Change{change}, err
	})
	if err != nil || !emptied {
		return err
	}
	if err := r.purge(ctx, p.Target); err != nil {
		// With the old mode back, the request can be made again and finds what is left.
		return errors.Join(err, r.putMode(ctx, p.Target, before))
	}
	return nil
}

// putMode sets the mode of a target whatever is there; empty clears.
func (r *Registry) putMode(ctx context.Context, t backend.Target, mode string) error {
	_, err := write(ctx, r, t.Context, func(s *session) (struct{}, []storage.Change, error) {
		st, err := s.settings(t.Context, t.Subject)
		if err != nil {
			return struct{}{}, nil, err
		}
		st.mode = mode
		change, err := st.change()
		return struct{}{}, []storage.Change{change}, err
	})
	return err
}

// checkMode refuses a wrong mode (spec 1.6) and returns it in its stored form. A mode that is nil clears.
func (r *Registry) checkMode(t backend.Target, mode *string) (string, error) {
	to := ""
	if mode != nil {
		to = strings.ToUpper(*mode)
	}
	if mode != nil && !slices.Contains([]string{modeReadWrite, modeReadOnly, modeReadOnlyOverride, modeImport, modeForward}, to) {
		return "", wire.InvalidMode()
	}
	// The reference compares with the upper-case word only.
	if mode != nil && *mode == modeForward && (t.Context != globalContext || t.Subject != "") {
		return "", wire.ForwardOnlyGlobal()
	}
	if !validSettingsName(t.Name()) {
		return "", wire.InvalidSubject(t.Name())
	}
	if r.o.ModeImmutable {
		return "", wire.ModeImmutable()
	}
	return to, nil
}

// DeleteMode implements backend.Registry.
func (r *Registry) DeleteMode(ctx context.Context, p backend.Settings, recursive bool) (string, error) {
	if r.o.ModeImmutable {
		return "", wire.ModeImmutable()
	}
	return write(ctx, r, p.Target.Context, func(s *session) (string, []storage.Change, error) {
		st, err := s.settings(p.Target.Context, p.Target.Subject)
		if err != nil {
			return "", nil, err
		}
		shown := st.mode
		switch {
		case shown == "" && neverMissing(p.Target):
			shown = modeReadWrite
		case shown == "" && !recursive:
			return "", nil, wire.SubjectNotFound(p.Target.Name())
		}
		rows := []settings{st}
		if recursive && p.Target.Subject == "" {
			if rows, err = s.allSettings(p.Target.Context); err != nil {
				return "", nil, err
			}
		}
		changes, err := clearModes(rows)
		return shown, changes, err
	})
}

func (s *session) allSettings(registryCtx string) ([]settings, error) {
	rows, err := s.scanSettings(registryCtx)
	if err != nil {
		return nil, err
	}
	all := make([]settings, len(rows))
	for i, row := range rows {
		if all[i], err = decodeSettings(row); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func clearModes(rows []settings) ([]storage.Change, error) {
	var changes []storage.Change
	for _, st := range rows {
		if st.mode == "" {
			continue
		}
		st.mode = ""
		change, err := st.change()
		if err != nil {
			return nil, err
		}
		changes = append(changes, change)
	}
	return changes, nil
}
