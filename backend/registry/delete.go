package registry

import (
	"context"
	"errors"
	"slices"

	"schemaside/backend"
	"schemaside/backend/wire"
	"schemaside/storage"
)

// referrer is a schema that refers to a subject, with the versions that hold it.
type referrer struct {
	row      storage.BackReference
	versions []storage.Version
}

// live tells whether a version that is not soft-deleted holds the referring schema.
func (ref referrer) live() bool {
	return slices.ContainsFunc(ref.versions, func(v storage.Version) bool { return !v.Deleted })
}

// stored tells whether any version holds the referring schema.
func (ref referrer) stored() bool { return len(ref.versions) > 0 }

// outside returns the referrer without the versions that belong to the subject referred to.
func (ref referrer) outside(t backend.Target) referrer {
	if ref.row.ReferrerContext == t.Context {
		ref.versions = slices.DeleteFunc(slices.Clone(ref.versions), func(v storage.Version) bool { return v.Subject == t.Subject })
	}
	return ref
}

// referrersOf returns what refers to the versions of a subject. A bound caller's are those of its own context.
func (s *session) referrersOf(t backend.Target) ([]referrer, error) {
	rows, err := s.referrers(t.Context, t.Subject)
	if err != nil {
		return nil, err
	}
	var out []referrer
	for _, row := range rows {
		if t.Bound && row.ReferrerContext != t.Context {
			continue
		}
		versions, err := s.versionsOfID(row.ReferrerContext, row.ReferrerID)
		if err != nil {
			return nil, err
		}
		out = append(out, referrer{row: row, versions: versions})
	}
	return out, nil
}

// settled returns what refers to a subject, for a decision to delete: a referrer of another context that has not
// appeared may be about to, so its context is moved on first, which lets that commit fail.
func (s *session) settled(t backend.Target) ([]referrer, error) {
	referrers, err := s.referrersOf(t)
	if err != nil {
		return nil, err
	}
	fenced := map[string]bool{t.Context: true}
	for _, ref := range referrers {
		if c := ref.row.ReferrerContext; !ref.stored() && !fenced[c] {
			fenced[c] = true
			if _, err := s.commit(c); err != nil {
				return nil, err
			}
		}
	}
	return referrers, nil
}

// unreferenced refuses the deletion of versions that are referred to: by live schemas, or by any when it is for good.
// Errors: ReferenceExists.
func unreferenced(t backend.Target, rows []storage.Version, referrers []referrer, permanent bool) error {
	for _, row := range rows {
		for _, ref := range referrers {
			if ref.row.Version == row.Version && (ref.live() || permanent && ref.stored()) {
				return wire.ReferenceExists(t.Name(), row.Version)
			}
		}
	}
	return nil
}

// DeleteVersion implements backend.Registry.
func (r *Registry) DeleteVersion(ctx context.Context, p backend.DeleteVersion) (int32, error) {
	return writeSubject(ctx, r, p.Target, func(s *session, t backend.Target) (int32, []storage.Change, error) {
		rows, err := s.versions(t.Context, t.Subject)
		if err != nil {
			return 0, nil, err
		}
		row, err := s.deletable(t, p, rows)
		if err != nil {
			return 0, nil, err
		}
		if err := s.writable(t); err != nil {
			return 0, nil, err
		}
		referrers, err := s.settled(t)
		if err != nil {
			return 0, nil, err
		}
		if err := unreferenced(t, []storage.Version{row}, referrers, p.Permanent); err != nil {
			return 0, nil, err
		}
		if p.Permanent && !row.Deleted {
			return 0, nil, wire.VersionNotSoftDeleted(t.Name(), row.Version)
		}
		if p.Permanent {
			changes, err := s.remove(t, rows, []storage.Version{row})
			return row.Version, changes, err
		}
		row.Timestamp = r.o.Now().UnixMilli()
		changes, err := s.softDelete(t, []storage.Version{row})
		return row.Version, changes, err
	})
}

// deletable finds the version to delete (spec 4.6).
func (s *session) deletable(t backend.Target, p backend.DeleteVersion, rows []storage.Version) (storage.Version, error) {
	row, ok := pick(rows, p.Version, true)
	if !ok {
		there, err := s.exists(t, rows, true)
		switch {
		case err != nil:
			return row, err
		case there:
			return row, wire.VersionNotFound(p.Version)
		default:
			return row, wire.SubjectNotFound(t.Name())
		}
	}
	if row.Deleted && !p.Permanent {
		return row, wire.VersionSoftDeleted(t.Name(), row.Version)
	}
	return row, nil
}

// DeleteSubject implements backend.Registry.
func (r *Registry) DeleteSubject(ctx context.Context, p backend.DeleteSubject) ([]int32, error) {
	return writeSubject(ctx, r, p.Target, func(s *session, t backend.Target) ([]int32, []storage.Change, error) {
		rows, err := s.versions(t.Context, t.Subject)
		if err != nil {
			return nil, nil, err
		}
		if err := s.deletableSubject(t, p.Permanent, rows); err != nil {
			return nil, nil, err
		}
		if err := s.writable(t); err != nil {
			return nil, nil, err
		}
		doomed := rows
		if !p.Permanent {
			doomed = live(rows)
		}
		referrers, err := s.settled(t)
		if err != nil {
			return nil, nil, err
		}
		for i := range referrers {
			referrers[i] = referrers[i].outside(t)
		}
		if err := unreferenced(t, doomed, referrers, p.Permanent); err != nil {
			return nil, nil, err
		}
		if p.Permanent && len(live(rows)) > 0 {
			return nil, nil, wire.SubjectNotSoftDeleted(t.Name())
		}
		if len(doomed) == 0 {
			return []int32{}, nil, nil
		}
		changes, err := s.deleteRows(t, p.Permanent, rows, doomed)
		return versionNumbers(doomed), changes, err
	})
}

func (s *session) deleteRows(t backend.Target, permanent bool, rows, doomed []storage.Version) ([]storage.Change, error) {
	if permanent {
		return s.remove(t, rows, doomed)
	}
	return s.softDelete(t, doomed)
}

// deletableSubject refuses what spec 4.6 refuses.
func (s *session) deletableSubject(t backend.Target, permanent bool, rows []storage.Version) error {
	there, err := s.exists(t, rows, true)
	switch {
	case err != nil:
		return err
	case !there:
		return wire.SubjectNotFound(t.Name())
	case len(rows) == 0:
		return nil
	case !permanent && len(live(rows)) == 0:
		return wire.SubjectSoftDeleted(t.Name())
	}
	return nil
}

func versionNumbers(rows []storage.Version) []int32 {
	out := make([]int32, len(rows))
	for i, row := range rows {
		out[i] = row.Version
	}
	return out
}

// softDelete marks versions as deleted.
func (s *session) softDelete(t backend.Target, rows []storage.Version) ([]storage.Change, error) {
	head, err := s.head(t.Context)
	if err != nil {
		return nil, err
	}
	changes := []storage.Change{storage.Removal{}}
	for _, row := range rows {
		row.Deleted, row.Written = true, head.Revision+1
		changes = append(changes, storage.PutVersion{Version: row})
	}
	return changes, nil
}

// remove deletes versions of a subject for good, and with the last of them its settings. rows are all its versions.
func (s *session) remove(t backend.Target, rows, doomed []storage.Version) ([]storage.Change, error) {
	changes, err := s.removeRows(t.Context, doomed)
	if err == nil && len(doomed) == len(rows) {
		changes = append(changes, storage.PutSettings{Settings: storage.Settings{Subject: t.Subject}})
	}
	return changes, err
}

// removeRows deletes versions of one context for good, and with the last holder of an ID its schema.
func (s *session) removeRows(registryCtx string, doomed []storage.Version) ([]storage.Change, error) {
	changes := []storage.Change{storage.Removal{}}
	done := map[int32]bool{}
	for _, row := range doomed {
		changes = append(changes, storage.DeleteVersion{Subject: row.Subject, Version: row.Version})
		if done[row.SchemaID] {
			continue
		}
		done[row.SchemaID] = true
		more, err := s.removeSchema(registryCtx, row.SchemaID, doomed)
		if err != nil {
			return nil, err
		}
		changes = append(changes, more...)
	}
	return changes, nil
}

// removeSchema deletes the schema of an ID, unless a version holds it that is not doomed.
func (s *session) removeSchema(registryCtx string, id int32, doomed []storage.Version) ([]storage.Change, error) {
	holders, err := s.versionsOfID(registryCtx, id)
	if err != nil {
		return nil, err
	}
	for _, h := range holders {
		if !slices.ContainsFunc(doomed, func(d storage.Version) bool { return d.Subject == h.Subject && d.Version == h.Version }) {
			return nil, nil
		}
	}
	st, err := s.schema(registryCtx, id)
	if errors.Is(err, storage.ErrNotFound) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	changes := append(s.withdraw(registryCtx, st), storage.DeleteSchema{ID: id})
	pointed, err := s.fingerprint(registryCtx, st.Fingerprint)
	if err == nil && pointed.ID == id {
		changes = append(changes, storage.DeleteFingerprint{Fingerprint: st.Fingerprint})
	} else if err != nil && !errors.Is(err, storage.ErrNotFound) {
		return nil, err
	}
	return changes, nil
}
