// Package faults holds the tests that do harm: they kill the program and its database server, stop the server, slow its
// connections down and cut them, and look whether what was promised still holds.
//
// The servers are the tests' own, started by deploy/services.sh beside those that other tests share.
package faults
