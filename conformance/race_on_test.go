//go:build race

package main

// raceEnabled: the race detector makes a replay six times as slow.
const raceEnabled = true
