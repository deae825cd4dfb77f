package main

import (
	"fmt"

	"github.com/rs/zerolog"

	"schemaside/backend/remote"
	"schemaside/backend/schema"
)

// newFetch returns what fetches the texts at URLs that schemas refer to, nil when no place is listed. hangUp lets go of its
// connections.
func newFetch(places []string, log zerolog.Logger) (fetch schema.Fetch, hangUp func(), err error) {
	if len(places) == 0 {
		return nil, func() {}, nil
	}
	f, err := remote.New(places, func(url string, err error) {
		log.Warn().Str("url", url).Err(err).Msg("what a schema refers to can't be fetched")
	})
	if err != nil {
		return nil, nil, fmt.Errorf("schema.remote_references%w", err)
	}
	return f.Fetch, f.Close, nil
}
