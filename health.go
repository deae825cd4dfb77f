package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"

	"github.com/valyala/fasthttp"

	"schemaside/config"
)

const readyPath = "/health/ready"

// probeHost is the Host that this process asks its own registry under: no tenant is bound to it, whatever resolver.hosts
// lists, since no name may end so (RFC 2606).
const probeHost = "schemaside-health.invalid"

// health asks a registry whether it is ready. It returns nil if it is.
func health(ctx context.Context, cfg config.Config, flags healthFlags, stdout io.Writer) error {
	target, err := healthURL(cfg, flags.URL)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, flags.Timeout)
	defer cancel()
	deadline, _ := ctx.Deadline()
	req, resp := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
	defer fasthttp.ReleaseRequest(req)
	defer fasthttp.ReleaseResponse(resp)
	req.SetRequestURI(target)
	req.SetConnectionClose()
	if flags.URL == "" {
		req.UseHostHeader = true
		req.Header.SetHost(probeHost)
	}
	if err := fasthttp.DoDeadline(req, resp, deadline); err != nil {
		return fmt.Errorf("ask %s: %w", target, err)
	}
	if resp.StatusCode() != fasthttp.StatusOK {
		return fmt.Errorf("%s answers %d: %s", target, resp.StatusCode(), resp.Body())
	}
	fmt.Fprintf(stdout, "%s\n", strings.TrimSpace(string(resp.Body())))
	return nil
}

// healthURL returns where health is served: what asked says, else the admin listener, else the first open listener.
func healthURL(cfg config.Config, asked string) (string, error) {
	if asked != "" {
		return askedURL(asked)
	}
	if cfg.Admin.Listen != "" {
		return localURL(cfg.Admin.Listen)
	}
	for _, l := range cfg.Listeners {
		if servesHealth(l) {
			return localURL(l.Address)
		}
	}
	return "", errors.New("no listener serves health: give admin.listen, or --url")
}

// servesHealth tells whether health and metrics are served beside the registry, when no admin listener is configured.
func servesHealth(l config.Listener) bool { return l.Context == "" && l.Header != config.HeaderBind }

func askedURL(asked string) (string, error) {
	u, err := url.Parse(asked)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return "", &usageError{fmt.Errorf("--url: %q: want a URL such as http://127.0.0.1:8081", asked)}
	}
	if strings.Trim(u.Path, "/") == "" {
		u.Path = readyPath
	}
	return u.String(), nil
}

// localURL returns the URL that reaches an address from this machine.
func localURL(a config.Address) (string, error) {
	host, port, err := net.SplitHostPort(string(a))
	switch {
	case err != nil:
		return "", fmt.Errorf("address %s: %w", a, err)
	case port == "0":
		return "", fmt.Errorf("address %s: nobody knows the port; give --url", a)
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return "http://" + net.JoinHostPort(host, port) + readyPath, nil
}
