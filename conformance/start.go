package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// starter starts registries by a command. The command itself has to be the registry, for it is what gets the signal to end.
type starter struct {
	// command is split at spaces; {port} in it is the port to listen on.
	command string
	// patience is how long a registry may take to answer.
	patience time.Duration
}

// start runs the command on a free port and waits until it answers.
func (s starter) start(ctx context.Context) (url string, stop func(), err error) {
	port, err := freePort(ctx)
	if err != nil {
		return "", nil, err
	}
	words := strings.Fields(strings.ReplaceAll(s.command, "{port}", strconv.Itoa(port)))
	if len(words) == 0 {
		return "", nil, errors.New("the command to start is empty")
	}
	ctx, cancel := context.WithCancel(ctx)
	process := exec.CommandContext(ctx, words[0], words[1:]...) //nolint:gosec // the caller's own command
	process.Cancel = func() error { return process.Process.Signal(syscall.SIGTERM) }
	process.WaitDelay = 15 * time.Second
	if err := process.Start(); err != nil {
		cancel()
		return "", nil, err
	}
	ended := make(chan struct{})
	var outcome error
	go func() {
		defer close(ended)
		outcome = process.Wait()
	}()
	stop = func() {
		cancel()
		<-ended
	}
	url = fmt.Sprintf("http://127.0.0.1:%d", port)
	if err := s.wait(ctx, url, ended); err != nil {
		stop()
		return "", nil, fmt.Errorf("%s: %w", strings.Join(words, " "), errors.Join(err, outcome))
	}
	return url, stop, nil
}

func (s starter) wait(ctx context.Context, url string, ended <-chan struct{}) error {
	give := time.NewTimer(s.patience)
	defer give.Stop()
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ended:
			return errors.New("the registry ended at once")
		case <-give.C:
			return fmt.Errorf("the registry didn't answer within %s", s.patience)
		case <-again.C:
			if answers(ctx, url) {
				return nil
			}
		}
	}
}

func answers(ctx context.Context, url string) bool {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/subjects", http.NoBody)
	if err != nil {
		return false
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return false
	}
	response.Body.Close()
	return response.StatusCode == http.StatusOK
}

func freePort(ctx context.Context) (int, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer func() { _ = l.Close() }()
	address, ok := l.Addr().(*net.TCPAddr)
	if !ok {
		return 0, fmt.Errorf("%s is no TCP address", l.Addr())
	}
	return address.Port, nil
}
