package proxy

import (
	"cmp"
	"context"
	"strconv"

	"schemaside/backend"
)

func answerSubjects(ctx context.Context, r backend.Registry, q *question, dst []byte) ([]byte, backend.Basis, error) {
	names, basis, err := r.Subjects(ctx, q.subjects())
	if err != nil {
		return nil, basis, err
	}
	return appendNames(dst, names, q.view), basis, nil
}

func (q *question) subjects() backend.Subjects {
	return backend.Subjects{
		AllContexts:   q.listing.AllContexts,
		ContextPrefix: q.listing.ContextPrefix,
		Context:       q.listing.Context,
		SubjectPrefix: q.listing.SubjectPrefix,
		Deleted:       q.has(deleted),
		DeletedOnly:   q.has(deletedOnly),
		Page:          q.page,
	}
}

func answerVersionByMetadata(ctx context.Context, r backend.Registry, q *question, dst []byte) ([]byte, backend.Basis, error) {
	s, basis, err := r.VersionByMetadata(ctx, backend.VersionByMetadata{
		Target: q.target, Properties: q.properties, Format: q.format, Deleted: q.has(deleted),
	})
	if err != nil {
		return nil, basis, err
	}
	return appendSchema(dst, &s, q.view), basis, nil
}

func answerVersions(ctx context.Context, r backend.Registry, q *question, dst []byte) ([]byte, backend.Basis, error) {
	versions, basis, err := r.Versions(ctx, backend.Versions{
		Target:            q.target,
		Deleted:           q.has(deleted),
		DeletedOnly:       q.has(deletedOnly),
		DeletedAsNegative: q.has(deletedAsNegative),
		Page:              q.page,
	})
	if err != nil {
		return nil, basis, err
	}
	return appendInts(dst, versions), basis, nil
}

func answerVersion(ctx context.Context, r backend.Registry, q *question, dst []byte) ([]byte, backend.Basis, error) {
	s, basis, err := r.Version(ctx, q.versionOf())
	if err != nil {
		return nil, basis, err
	}
	return appendSchema(dst, &s, q.view), basis, nil
}

func answerTextOfVersion(ctx context.Context, r backend.Registry, q *question, dst []byte) ([]byte, backend.Basis, error) {
	s, basis, err := r.Version(ctx, q.versionOf())
	return append(dst, s.Text...), basis, err
}

func answerReferencedBy(ctx context.Context, r backend.Registry, q *question, dst []byte) ([]byte, backend.Basis, error) {
	ids, basis, err := r.ReferencedBy(ctx, q.versionOf())
	if err != nil {
		return nil, basis, err
	}
	return appendInts(dst, ids), basis, nil
}

func (q *question) versionOf() backend.Version {
	return backend.Version{
		Target: q.target, Version: q.version, Format: q.format, Deleted: q.has(deleted),
		QualifiedReferences: q.qualified, FindTags: q.findTags, Page: q.page,
	}
}

func answerLookup(ctx context.Context, r backend.Registry, q *question, dst []byte) ([]byte, backend.Basis, error) {
	in, err := decodeSchema(q.body, q.bodyName)
	if err != nil {
		return nil, backend.Basis{}, err
	}
	s, basis, err := r.Lookup(ctx, backend.Lookup{
		Target: q.target, Input: in, Normalize: q.has(normalize), Format: q.format, Deleted: q.has(deleted),
	})
	if err != nil {
		return nil, basis, err
	}
	return appendSchema(dst, &s, q.view), basis, nil
}

func answerRegister(ctx context.Context, r backend.Registry, q *question, dst []byte) ([]byte, backend.Basis, error) {
	in, err := decodeSchema(q.body, q.bodyName)
	if err != nil {
		return nil, backend.Basis{}, err
	}
	s, basis, err := r.Register(ctx, backend.Register{
		Target: q.target, Input: in, Normalize: q.has(normalize), Format: q.format, Force: q.has(force),
	})
	if err != nil {
		return nil, basis, err
	}
	return appendRegistered(dst, &s), basis, nil
}

func answerTag(ctx context.Context, r backend.Registry, q *question, dst []byte) ([]byte, backend.Basis, error) {
	p, err := decodeTag(q.body, q.bodyName)
	if err := cmp.Or(err, q.badVersion); err != nil {
		return nil, backend.Basis{}, err
	}
	p.Target, p.Version = q.target, q.version
	s, err := r.Tag(ctx, p)
	if err != nil {
		return nil, backend.Basis{}, err
	}
	return appendRegistered(dst, &s), backend.Basis{}, nil
}

func answerDeleteSubject(ctx context.Context, r backend.Registry, q *question, dst []byte) ([]byte, backend.Basis, error) {
	versions, err := r.DeleteSubject(ctx, backend.DeleteSubject{Target: q.target, Permanent: q.has(permanent)})
	if err != nil {
		return nil, backend.Basis{}, err
	}
	return appendInts(dst, versions), backend.Basis{}, nil
}

func answerDeleteVersion(ctx context.Context, r backend.Registry, q *question, dst []byte) ([]byte, backend.Basis, error) {
	version, err := r.DeleteVersion(ctx, backend.DeleteVersion{Target: q.target, Version: q.version, Permanent: q.has(permanent)})
	if err != nil {
		return nil, backend.Basis{}, err
	}
	return strconv.AppendInt(dst, int64(version), 10), backend.Basis{}, nil
}

func answerCheck(ctx context.Context, r backend.Registry, q *question, dst []byte) ([]byte, backend.Basis, error) {
	in, err := decodeSchema(q.body, q.bodyName)
	if err := cmp.Or(err, q.badVersion); err != nil {
		return nil, backend.Basis{}, err
	}
	out, err := r.Check(ctx, backend.Check{
		Target: q.target, Version: q.version, Input: in, Normalize: q.has(normalize), Verbose: q.has(verbose),
	})
	if err != nil {
		return nil, backend.Basis{}, err
	}
	return appendCompatibility(dst, out, q.view), backend.Basis{}, nil
}
