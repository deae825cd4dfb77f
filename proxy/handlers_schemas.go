package proxy

import (
	"context"
	"strings"

	"schemaside/backend"
	"schemaside/backend/wire"
)

func answerRoot(_ context.Context, _ backend.Registry, _ *question, dst []byte) ([]byte, backend.Basis, error) {
	return append(dst, "{}"...), backend.Basis{}, nil
}

// answerContexts lists contexts; a caller who is bound to one sees it as the only one, ".".
func answerContexts(ctx context.Context, r backend.Registry, q *question, dst []byte) ([]byte, backend.Basis, error) {
	if q.view.IsBound() {
		own := []string{"."}
		if !strings.HasPrefix(own[0], q.contextPrefix) || q.page.Offset > 0 {
			own = nil
		}
		return appendStrings(dst, own), backend.Basis{}, nil
	}
	names, basis, err := r.Contexts(ctx, backend.Contexts{Prefix: q.contextPrefix, Page: q.page})
	if err != nil {
		return nil, basis, err
	}
	return appendStrings(dst, names), basis, nil
}

func answerSchemaTypes(_ context.Context, r backend.Registry, _ *question, dst []byte) ([]byte, backend.Basis, error) {
	return appendStrings(dst, r.SchemaTypes()), backend.Basis{}, nil
}

func answerSchemaByID(ctx context.Context, r backend.Registry, q *question, dst []byte) ([]byte, backend.Basis, error) {
	s, basis, err := r.SchemaByID(ctx, q.schemaByID())
	if err != nil {
		return nil, basis, err
	}
	return appendSchemaString(dst, &s, q.view), basis, nil
}

func answerTextByID(ctx context.Context, r backend.Registry, q *question, dst []byte) ([]byte, backend.Basis, error) {
	s, basis, err := r.SchemaByID(ctx, q.schemaByID())
	return append(dst, s.Text...), basis, err
}

func (q *question) schemaByID() backend.SchemaByID {
	return backend.SchemaByID{
		Target: q.target, ID: q.id, Format: q.format, FetchMaxID: q.has(fetchMaxID), QualifiedReferences: q.qualified,
	}
}

func answerSubjectsOfID(ctx context.Context, r backend.Registry, q *question, dst []byte) ([]byte, backend.Basis, error) {
	versions, basis, err := r.VersionsOfID(ctx, q.versionsOfID())
	if err != nil {
		return nil, basis, err
	}
	names := make([]wire.Name, len(versions))
	for i, v := range versions {
		names[i] = v.Subject
	}
	return appendNames(dst, names, q.view), basis, nil
}

func answerVersionsOfID(ctx context.Context, r backend.Registry, q *question, dst []byte) ([]byte, backend.Basis, error) {
	versions, basis, err := r.VersionsOfID(ctx, q.versionsOfID())
	if err != nil {
		return nil, basis, err
	}
	return appendSubjectVersions(dst, versions, q.view), basis, nil
}

func (q *question) versionsOfID() backend.VersionsOfID {
	return backend.VersionsOfID{Target: q.target, ID: q.id, Deleted: q.has(deleted), Page: q.page}
}
