package replay

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

const contentType = "application/vnd.schemaregistry.v1+json"

// client sends requests with the path as it was recorded, byte by byte.
type client struct {
	base      *url.URL
	transport *http.Transport
	http      http.Client
}

func newClient(base string) (*client, error) {
	u, err := url.Parse(strings.TrimRight(base, "/"))
	if err != nil {
		return nil, err
	}
	if u.Host == "" {
		return nil, fmt.Errorf("%q is no URL of a registry", base)
	}
	c := &client{base: u, transport: &http.Transport{DisableCompression: true}}
	c.http = http.Client{
		Transport: c.transport, Timeout: 30 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return c, nil
}

func (c *client) close() {
	c.transport.CloseIdleConnections()
}

// call sends a step's request; a nil body is none at all.
func (c *client) call(ctx context.Context, step Step) (Answer, error) {
	var body io.Reader
	if step.Request != nil {
		body = strings.NewReader(*step.Request)
	}
	request, err := http.NewRequestWithContext(ctx, step.Method, c.base.String(), body)
	if err != nil {
		return Answer{}, err
	}
	// An opaque URL is written as it is; any other would be put in order first. Two slashes would be taken for a host's: then
	// the whole URL is sent.
	opaque := c.base.EscapedPath() + step.Path
	if strings.HasPrefix(opaque, "//") {
		opaque = "//" + c.base.Host + opaque
	}
	request.URL = &url.URL{Scheme: c.base.Scheme, User: c.base.User, Host: c.base.Host, Opaque: opaque}
	for name, value := range step.Headers {
		request.Header.Set(name, value)
	}
	if step.Request != nil && request.Header.Get("Content-Type") == "" {
		request.Header.Set("Content-Type", contentType)
	}
	response, err := c.http.Do(request)
	if err != nil {
		return Answer{}, err
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		return Answer{}, fmt.Errorf("%s %s: %w", step.Method, step.Path, err)
	}
	answer := Answer{Status: response.StatusCode}
	if decode(raw, &answer.Body) != nil {
		answer.Body = string(raw)
	}
	return answer, nil
}
