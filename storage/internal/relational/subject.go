package relational

import (
	"context"
	"slices"

	"schemaside/storage"
)

// ReadSubject implements storage.SubjectReader.
func (r *Reader) ReadSubject(ctx context.Context, registryCtx, subject string, others [2]string) (storage.SubjectRows, error) {
	registryKey, key := ContextKey(registryCtx), subjectKey(subject)
	args := []any{registryKey, ContextKey(others[0]), ContextKey(others[1]), key, r.Namespace, registryKey, key, r.Namespace}
	found := make(map[string]*contextRows, 1+len(others))
	var versions []storage.Version
	head, err := r.rows(ctx, r.Reads.Subject, args, func(last *HeadScan, row Row) error {
		var name *string
		var s settingsScan
		var v versionScan
		if err := row.Scan(last.Into(slices.Concat([]any{&name}, s.into(), v.into())...)...); err != nil {
			return err
		}
		versions = v.appendTo(versions)
		if name == nil {
			return nil
		}
		c := found[*name]
		if c == nil {
			c = &contextRows{}
			found[*name] = c
		}
		c.head, c.settings = last.Head(), s.appendTo(c.settings)
		return nil
	})
	if err != nil {
		return storage.SubjectRows{}, err
	}
	slices.SortFunc(versions, byNumber)
	none := &contextRows{head: storage.Head{Epoch: head.Epoch, NextID: 1}}
	of := func(name string) *contextRows {
		if c := found[name]; c != nil {
			return c
		}
		return none
	}
	own := of(registryCtx)
	rows := storage.SubjectRows{Head: own.head, Versions: versions, Own: own.of(subject), Context: own.of("")}
	for i, name := range others {
		rows.Others[i] = storage.ContextSettings{Head: of(name).head, Settings: of(name).of("")}
	}
	return rows, nil
}

// contextRows are the head of a context and the settings that were found in it.
type contextRows struct {
	head     storage.Head
	settings []storage.Settings
}

// of returns the settings of a subject.
func (c *contextRows) of(subject string) storage.Settings {
	for _, row := range c.settings {
		if row.Subject == subject {
			return row
		}
	}
	return storage.Settings{Subject: subject}
}
