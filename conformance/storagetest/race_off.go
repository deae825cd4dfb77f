//go:build !race

package storagetest

// raceEnabled tells that the race detector is on, which makes all of it slow.
const raceEnabled = false
