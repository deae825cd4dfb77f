package storage

import "time"

// Migration is a step of a database's layout, as `schemaside migrate` tells it.
type Migration struct {
	Number int
	Name   string
	// Applied is when it was applied; zero when it wasn't.
	Applied time.Time
}
