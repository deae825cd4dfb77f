package proxy

import (
	"context"

	"schemaside/backend"
)

func (q *question) settings() backend.Settings {
	return backend.Settings{Target: q.target, DefaultToGlobal: q.has(defaultToGlobal)}
}

func answerConfig(ctx context.Context, r backend.Registry, q *question, dst []byte) ([]byte, backend.Basis, error) {
	config, basis, err := r.Config(ctx, q.settings())
	if err != nil {
		return nil, basis, err
	}
	return appendConfig(dst, &config), basis, nil
}

func answerPutConfig(ctx context.Context, r backend.Registry, q *question, dst []byte) ([]byte, backend.Basis, error) {
	update, err := decodeConfig(q.body, q.bodyName)
	if err != nil {
		return nil, backend.Basis{}, err
	}
	config, err := r.PutConfig(ctx, q.settings(), update.ConfigUpdate)
	if err != nil {
		return nil, backend.Basis{}, err
	}
	return appendUpdatedConfig(dst, &config, update), backend.Basis{}, nil
}

func answerDeleteConfig(ctx context.Context, r backend.Registry, q *question, dst []byte) ([]byte, backend.Basis, error) {
	config, err := r.DeleteConfig(ctx, q.settings())
	if err != nil {
		return nil, backend.Basis{}, err
	}
	return appendConfig(dst, &config), backend.Basis{}, nil
}

func answerMode(ctx context.Context, r backend.Registry, q *question, dst []byte) ([]byte, backend.Basis, error) {
	mode, basis, err := r.Mode(ctx, q.settings())
	if err != nil {
		return nil, basis, err
	}
	return appendMode(dst, mode), basis, nil
}

// answerPutMode echoes the mode as it was sent (spec 1.6).
func answerPutMode(ctx context.Context, r backend.Registry, q *question, dst []byte) ([]byte, backend.Basis, error) {
	mode, err := decodeMode(q.body, q.bodyName)
	if err != nil {
		return nil, backend.Basis{}, err
	}
	if err := r.PutMode(ctx, q.settings(), mode, q.has(force)); err != nil {
		return nil, backend.Basis{}, err
	}
	if mode == nil {
		return append(dst, `{"mode":null}`...), backend.Basis{}, nil
	}
	return appendMode(dst, *mode), backend.Basis{}, nil
}

func answerDeleteMode(ctx context.Context, r backend.Registry, q *question, dst []byte) ([]byte, backend.Basis, error) {
	mode, err := r.DeleteMode(ctx, q.settings(), q.has(recursive))
	if err != nil {
		return nil, backend.Basis{}, err
	}
	return appendMode(dst, mode), backend.Basis{}, nil
}
