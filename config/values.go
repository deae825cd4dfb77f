package config

import (
	"encoding"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
)

// value is a type that reads itself from text and can tell which texts it takes.
type value interface {
	encoding.TextUnmarshaler
	allowed() string
}

// errNotAllowed says no more: whoever meets it knows the key and the text, and asks allowed.
var errNotAllowed = errors.New("not allowed")

// Address is a TCP address to listen on: host:port, where an empty host is every interface and port 0 is any free port.
type Address string

// UnmarshalText reads host:port.
func (a *Address) UnmarshalText(text []byte) error {
	_, port, err := net.SplitHostPort(string(text))
	if err != nil {
		return errNotAllowed
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		return errNotAllowed
	}
	*a = Address(text)
	return nil
}

func (Address) allowed() string { return "host:port, such as 127.0.0.1:8081 or :8081" }

// HeaderName is the name of a header of our own; empty is none.
type HeaderName string

// UnmarshalText reads letters, digits, dashes and underscores. A header that has a meaning already is not allowed: what
// clients and proxies write there would be taken for the name of a context.
func (h *HeaderName) UnmarshalText(text []byte) error {
	if taken(strings.ToLower(string(text))) {
		return errNotAllowed
	}
	for _, c := range text {
		letter := 'a' <= c|0x20 && c|0x20 <= 'z'
		if !letter && (c < '0' || c > '9') && c != '-' && c != '_' {
			return errNotAllowed
		}
	}
	*h = HeaderName(text)
	return nil
}

func (HeaderName) allowed() string {
	return "the name of a header that means nothing else, such as X-Schemaside-Context"
}

// taken tells whether a header, in lower case, belongs to HTTP, to a proxy on the way, or to the log.
func taken(name string) bool {
	for _, family := range []string{"accept", "access-control-", "content-", "if-", "proxy-", "sec-", "x-forwarded-"} {
		if strings.HasPrefix(name, family) {
			return true
		}
	}
	return slices.Contains([]string{
		"age", "allow", "authorization", "cache-control", "connection", "cookie", "date", "expect", "forwarded", "from",
		"host", "keep-alive", "max-forwards", "origin", "pragma", "range", "referer", "server", "te", "trailer",
		"transfer-encoding", "upgrade", "user-agent", "via", "warning", "x-real-ip", "x-request-id",
	}, name)
}

// Size is a number of bytes.
type Size int64

// unit is what a size may be counted in.
type unit struct {
	name  string
	bytes int64
}

func units() []unit {
	return []unit{{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}, {"B", 1}}
}

// UnmarshalText reads a whole number, with a unit or in bytes.
func (s *Size) UnmarshalText(text []byte) error {
	number, bytes := string(text), int64(1)
	for _, u := range units() {
		if rest, ok := strings.CutSuffix(number, u.name); ok {
			number, bytes = strings.TrimSpace(rest), u.bytes
			break
		}
	}
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil || n < 0 || n > (1<<62)/bytes {
		return errNotAllowed
	}
	*s = Size(n * bytes)
	return nil
}

func (Size) allowed() string { return "a number of bytes, such as 4096, 512KiB, 10MiB or 1GiB" }

// String writes the size in the largest unit that divides it.
func (s Size) String() string {
	for _, u := range units() {
		if s != 0 && int64(s)%u.bytes == 0 {
			return fmt.Sprintf("%d%s", int64(s)/u.bytes, u.name)
		}
	}
	return strconv.FormatInt(int64(s), 10)
}

// AccessLog tells which requests are logged: one in Every, none for 0.
type AccessLog struct{ Every int }

// UnmarshalText reads off, on, or sample N.
func (a *AccessLog) UnmarshalText(text []byte) error {
	word := strings.ToLower(string(text))
	switch word {
	case "off":
		a.Every = 0
		return nil
	case "on":
		a.Every = 1
		return nil
	}
	count, ok := strings.CutPrefix(word, "sample ")
	n, err := strconv.Atoi(strings.TrimSpace(count))
	if !ok || err != nil || n < 1 {
		return errNotAllowed
	}
	a.Every = n
	return nil
}

func (AccessLog) allowed() string { return "off, on, or sample N with N from 1" }

func (a AccessLog) String() string {
	switch a.Every {
	case 0:
		return "off"
	case 1:
		return "on"
	}
	return fmt.Sprintf("sample %d", a.Every)
}
