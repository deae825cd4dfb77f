//go:build race

package cache

// raceEnabled: the race detector allocates on its own.
const raceEnabled = true
