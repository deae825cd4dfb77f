//go:build race

package proxy

// raceDetector tells that the race detector is on: it allocates, so allocations are not counted then.
const raceDetector = true
