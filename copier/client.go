package copier

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// maxAnswer bounds the bytes of one answer: a list of millions of subjects fits.
const maxAnswer = 512 << 20

// maxPause bounds the pause between two attempts, whatever the server asks for.
const maxPause = 30 * time.Second

const mediaType = "application/vnd.schemaregistry.v1+json"

// Endpoint is one end of a copy.
type Endpoint struct {
	// URL may have a path, and no context in it.
	URL url.URL
	// User and Password, or Token, are sent with each request, unless they are empty.
	User, Password, Token string
}

// ParseEndpoint reads a URL. A user and a password in it become those of the endpoint.
func ParseEndpoint(text string) (Endpoint, error) {
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return Endpoint{}, errors.New("not a URL") // what url.Parse says may repeat a password
	case u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.Fragment != "":
		return Endpoint{}, errors.New("want a URL such as https://registry.example:8081")
	case strings.Contains(u.Path+"/", "/contexts/"):
		return Endpoint{}, errors.New("want the URL of the whole registry; contexts are named by --context")
	}
	e := Endpoint{URL: *u}
	e.URL.User = nil
	e.URL.Path, e.URL.RawPath = strings.TrimRight(u.Path, "/"), ""
	if u.User != nil {
		e.User = u.User.Username()
		e.Password, _ = u.User.Password()
	}
	return e, nil
}

// String is the URL without anything secret.
func (e Endpoint) String() string { return e.URL.String() }

// apiError is what a registry says when it refuses.
type apiError struct {
	Status  int    `json:"-"`
	Code    int    `json:"error_code"`
	Message string `json:"message"`
	request string
}

func (e *apiError) Error() string {
	return fmt.Sprintf("%s: %d: %s", e.request, max(e.Status, e.Code), e.Message)
}

// refusedWith tells whether a registry refused with one of these status or error codes.
func refusedWith(err error, codes ...int) bool {
	refusal, ok := errors.AsType[*apiError](err)
	if !ok {
		return false
	}
	for _, code := range codes {
		if refusal.Status == code || refusal.Code == code {
			return true
		}
	}
	return false
}

// about tells whether an error is about one request alone, so that others may be made.
func (e *apiError) about() bool { return e.Status != 401 && e.Status != 403 && !busy(e.Status) }

// busy tells whether a status means that nothing can be asked at the moment.
func busy(status int) bool { return status == 429 || status == 502 || status == 503 || status == 504 }

// request is one question to a registry.
type request struct {
	method string
	// path begins with a slash and is escaped.
	path  string
	query url.Values
	body  any
}

func (r request) String() string { return r.method + " " + r.path }

// call makes a request, again where that may help, and reads the answer into out unless that is nil.
// Errors: *apiError, or what keeps the registry from answering.
func (r *remote) call(ctx context.Context, q request, out any) error {
	var body []byte
	if q.body != nil {
		var err error
		if body, err = json.Marshal(q.body); err != nil {
			return err
		}
	}
	pause := r.backoff
	for attempt := 1; ; attempt++ {
		asked, err := r.attempt(ctx, q, body, out)
		if err == nil || ctx.Err() != nil || attempt >= r.attempts || !again(err) {
			return err
		}
		// Jitter keeps requests that failed together from coming back together.
		if err := sleep(ctx, min(max(pause/2+rand.N(pause/2+1), asked), maxPause)); err != nil { //nolint:gosec // jitter is no secret
			return err
		}
		pause *= 2
	}
}

// again tells whether a request that failed may succeed later. All requests may be made twice.
func again(err error) bool {
	refusal, ok := errors.AsType[*apiError](err)
	return !ok || busy(refusal.Status) || refusal.Status == 500
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// attempt makes a request once. asked is the pause that the server asks for.
func (r *remote) attempt(ctx context.Context, q request, body []byte, out any) (asked time.Duration, err error) {
	ctx, cancel := context.WithTimeout(ctx, r.timeout)
	defer cancel()
	target := r.base + q.path
	if len(q.query) > 0 {
		target += "?" + q.query.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, q.method, target, bytes.NewReader(body))
	if err != nil {
		return 0, fmt.Errorf("%s: %w", q, err)
	}
	req.Header.Set("Accept", mediaType+", application/json;q=0.5")
	if body != nil {
		req.Header.Set("Content-Type", mediaType)
	}
	switch {
	case r.token != "":
		req.Header.Set("Authorization", "Bearer "+r.token)
	case r.user != "" || r.password != "":
		req.SetBasicAuth(r.user, r.password)
	}
	resp, err := r.http.Do(req)
	if err != nil {
		return 0, err // it names method and URL
	}
	defer func() { _ = resp.Body.Close() }()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	switch {
	case err != nil:
		return 0, fmt.Errorf("%s: read the answer: %w", q, err)
	case len(answer) > maxAnswer:
		return 0, &apiError{Status: resp.StatusCode, Message: "the answer is too large", request: q.String()}
	case resp.StatusCode >= 300:
		return retryAfter(resp.Header), refusalOf(q, resp.StatusCode, answer)
	case out == nil:
		return 0, nil
	}
	if err := json.Unmarshal(answer, out); err != nil {
		return 0, &apiError{Status: resp.StatusCode, Message: "not an answer of a registry: " + err.Error(), request: q.String()}
	}
	return 0, nil
}

func refusalOf(q request, status int, answer []byte) *apiError {
	e := &apiError{}
	if err := json.Unmarshal(answer, e); err != nil || e.Message == "" {
		e = &apiError{Message: shortened(string(answer), 200)}
	}
	e.Status, e.request = status, q.String()
	return e
}

func retryAfter(h http.Header) time.Duration {
	seconds, err := strconv.Atoi(h.Get("Retry-After"))
	if err != nil || seconds < 0 {
		return 0
	}
	return time.Duration(min(seconds, 3600)) * time.Second
}

// shortened cuts a text that is too long for a line.
func shortened(text string, runes int) string {
	text = strings.Join(strings.Fields(text), " ")
	if r := []rune(text); len(r) > runes {
		return string(r[:runes]) + " ..."
	}
	return text
}
