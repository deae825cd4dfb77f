package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"schemaside/conformance/testserver"
)

const (
	racers     = 64
	raceRounds = 100
)

// TestIncompatibleRace lets many clients register schemas at once that are incompatible with each other, in two contexts: in
// each round exactly one is accepted per context.
func TestIncompatibleRace(t *testing.T) {
	t.Parallel()
	s := testserver.Start(t, testserver.Options{})
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 2 * racers}}
	defer client.CloseIdleConnections()
	for round := range raceRounds {
		var contexts sync.WaitGroup
		for _, registryCtx := range []string{".race-a", ".race-b"} {
			contexts.Go(func() {
				subject := fmt.Sprintf("%s/subjects/:%s:s-%d/versions", s.URL, registryCtx, round)
				if got := race(t, client, subject); got != 1 {
					t.Errorf("round %d, context %s: %d schemas were accepted", round, registryCtx, got)
				}
			})
		}
		contexts.Wait()
		if t.Failed() {
			return
		}
	}
}

// race registers schemas that differ in the type of a field, all at once, and counts those that were accepted.
func race(t *testing.T, client *http.Client, url string) (accepted int) {
	t.Helper()
	start := make(chan struct{})
	statuses := make(chan int, racers)
	var clients sync.WaitGroup
	for i := range racers {
		clients.Go(func() {
			text := fmt.Sprintf(`{"type":"record","name":"R","fields":[{"name":"f","type":{"type":"fixed","name":"F","size":%d}}]}`, i+1)
			<-start
			statuses <- registerStatus(t, client, url, text)
		})
	}
	close(start)
	clients.Wait()
	close(statuses)
	for status := range statuses {
		switch status {
		case http.StatusOK:
			accepted++
		case http.StatusConflict:
		default:
			t.Errorf("%s answers %d", url, status)
		}
	}
	return accepted
}

func registerStatus(t *testing.T, client *http.Client, url, text string) int {
	t.Helper()
	body, err := json.Marshal(map[string]string{"schema": text})
	if err != nil {
		t.Error(err)
		return 0
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(string(body)))
	if err != nil {
		t.Error(err)
		return 0
	}
	response, err := client.Do(request)
	if err != nil {
		t.Error(err)
		return 0
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		t.Error(err)
	}
	return response.StatusCode
}
