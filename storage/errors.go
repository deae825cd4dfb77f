package storage

import "errors"

// The sentinels that a Store's errors wrap. Ask with errors.Is.
var (
	// ErrNotFound: the row is not there, as of the Head returned with it.
	ErrNotFound = errors.New("not found")
	// ErrConflict: the context has moved on since the revision that a commit was decided on. Nothing was changed.
	ErrConflict = errors.New("conflict")
	// ErrUnavailable: the database could not be asked. Nothing was changed.
	ErrUnavailable = errors.New("storage unavailable")
	// ErrOutcomeUnknown: a commit may or may not have happened.
	ErrOutcomeUnknown = errors.New("outcome of the commit unknown")
	// ErrName: a name is longer than stores keep, is no UTF-8, or holds a NUL. Nothing was changed.
	ErrName = errors.New("no name that can be stored")
)
