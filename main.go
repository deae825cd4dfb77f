// Command schemaside is a schema registry for Kafka clients with Confluent's REST API, for many contexts.
//
// It knows flags, wiring and signals. It must not know rules.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"schemaside/config"
)

// Exit codes of run.
const (
	exitOK = iota
	exitFailed
	exitUsage
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// The first signal drains. From then on signals do what they do to any process: the second one ends it at once.
	context.AfterFunc(ctx, stop)
	os.Exit(run(ctx, os.Args[1:], os.Environ(), os.Stdout, os.Stderr))
}

// run is the whole program: it ends when the command has ended, and the end of ctx drains a server. It returns the exit
// code: 0, 1 when the command failed, 2 when flags or configuration are wrong.
func run(ctx context.Context, args, env []string, stdout, stderr io.Writer) int {
	c, err := parse(args, stdout)
	if err == nil {
		err = c.do(ctx, env, stdout, stderr)
	}
	if err == nil {
		return exitOK
	}
	fmt.Fprintf(stderr, "schemaside: %v\n", err)
	if usage := (*usageError)(nil); errors.As(err, &usage) {
		return exitUsage
	}
	return exitFailed
}

// usageError is the fault of whoever started the process.
type usageError struct{ cause error }

func (e *usageError) Error() string { return e.cause.Error() }

func (e *usageError) Unwrap() error { return e.cause }

// do runs the command.
func (c command) do(ctx context.Context, env []string, stdout, stderr io.Writer) error {
	switch c.name {
	case commandServe:
		cfg, err := c.load(env)
		if err != nil {
			return err
		}
		return serve(ctx, cfg, stderr)
	case commandMigrate:
		cfg, err := c.load(env)
		if err != nil {
			return err
		}
		return migrate(ctx, cfg.Storage, c.migrate, stdout)
	case commandCheck:
		cfg, err := c.load(env)
		if err != nil {
			return err
		}
		return check(ctx, cfg.Storage, c.restored, stdout)
	case commandHealth:
		cfg, err := c.load(env)
		if err != nil {
			return err
		}
		return health(ctx, cfg, c.health, stdout)
	case commandCopy:
		return copyRegistry(ctx, c.copy, env, stdout, stderr)
	case commandVersion:
		printVersion(stdout, readBuild())
	}
	return nil
}

func (c command) load(env []string) (config.Config, error) {
	cfg, err := config.Load(config.Sources{File: c.file, Env: env, Flags: c.keys})
	if err != nil {
		return config.Config{}, &usageError{err}
	}
	return cfg, nil
}
