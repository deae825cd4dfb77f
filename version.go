package main

import (
	"fmt"
	"io"
	"runtime/debug"
)

// build is what the binary knows about itself.
type build struct{ version, commit, goVersion string }

// readBuild reads what the Go toolchain wrote into the binary. `go run` writes no commit.
func readBuild() build {
	b := build{version: "(devel)", commit: "unknown"}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	b.goVersion = info.GoVersion
	if info.Main.Version != "" {
		b.version = info.Main.Version
	}
	modified := ""
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			b.commit = s.Value
		case s.Key == "vcs.modified" && s.Value == "true":
			modified = "+dirty"
		}
	}
	b.commit += modified
	return b
}

func printVersion(w io.Writer, b build) {
	fmt.Fprintf(w, "schemaside %s\ncommit %s\n%s\n", b.version, b.commit, b.goVersion)
}
