package proxy

import (
	"context"
	"strings"

	"schemaside/backend"
	"schemaside/backend/wire"
)

// clusterID is the scope that clients put into audit names; there is no Kafka cluster behind this registry.
const clusterID = `{"scope":{"path":[],"clusters":{"kafka-cluster":"","schema-registry-cluster":"schema-registry"}}}`

// answerText answers the same whatever is asked.
func answerText[T string | []byte](body T) answer {
	return func(_ context.Context, _ backend.Registry, _ *question, dst []byte) ([]byte, backend.Basis, error) {
		return append(dst, body...), backend.Basis{}, nil
	}
}

func appendVersion(dst []byte, version, commit string) []byte {
	o := open(dst)
	o.text("version", version)
	o.text("commitId", commit)
	return o.close()
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

func answerDeleteContext(ctx context.Context, r backend.Registry, q *question, dst []byte) ([]byte, backend.Basis, error) {
	if q.target.Root() {
		return nil, backend.Basis{}, wire.MethodNotAllowed()
	}
	return dst, backend.Basis{}, r.DeleteContext(ctx, q.target.Context)
}

func answerSchemas(ctx context.Context, r backend.Registry, q *question, dst []byte) ([]byte, backend.Basis, error) {
	schemas, basis, err := r.Schemas(ctx, backend.Schemas{
		Subjects: q.subjects(), Bound: q.view.IsBound(), LatestOnly: q.has(latestOnly), Aliases: q.has(aliases),
		RuleType: q.ruleType, Page: q.page,
	})
	if err != nil {
		return nil, basis, err
	}
	return appendList(dst, schemas, func(dst []byte, s wire.Schema) []byte { return appendListedSchema(dst, &s, q.view) }), basis, nil
}

func answerSchemaByGUID(ctx context.Context, r backend.Registry, q *question, dst []byte) ([]byte, backend.Basis, error) {
	s, basis, err := r.SchemaByGUID(ctx, q.schemaByGUID())
	if err != nil {
		return nil, basis, err
	}
	return appendSchemaString(dst, &s, q.view), basis, nil
}

func answerIDsOfGUID(ctx context.Context, r backend.Registry, q *question, dst []byte) ([]byte, backend.Basis, error) {
	ids, basis, err := r.IDsOfGUID(ctx, q.schemaByGUID())
	if err != nil {
		return nil, basis, err
	}
	return appendList(dst, ids, func(dst []byte, c wire.ContextID) []byte { return appendContextID(dst, c, q.view) }), basis, nil
}

func (q *question) schemaByGUID() backend.SchemaByGUID {
	return backend.SchemaByGUID{GUID: q.guid, Context: q.target.Context, Bound: q.target.Bound, Format: q.format}
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
		FindTags: q.findTags,
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
