package remote

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"path"
	"strings"
)

// anywhere is the place of all hosts of the internet.
const anywhere = "*"

var errPlace = errors.New("want a host, the beginning of an http or https URL, or *")

// place is where texts may be fetched from: a host, or URLs that begin alike.
type place struct {
	scheme, host, port string
	// path is what the path begins with, up to a slash or its end; empty for any.
	path string
}

// newPlace reads a place. A host without a scheme is one that speaks https.
func newPlace(text string) (place, error) {
	withScheme := text
	if !strings.Contains(text, "://") {
		withScheme = "https://" + text
	}
	u, err := url.Parse(withScheme)
	if err != nil {
		return place{}, fmt.Errorf("%w: %w", errPlace, err)
	}
	if strings.Contains(text, anywhere) || u.RawQuery != "" || u.Fragment != "" || !plain(u) || withScheme != text && u.Path != "" {
		return place{}, errPlace
	}
	return place{u.Scheme, hostOf(u), portOf(u), strings.TrimSuffix(u.Path, "/")}, nil
}

// has tells whether a plain URL lies in the place.
func (p place) has(u *url.URL) bool {
	rest, under := strings.CutPrefix(u.Path, p.path)
	return p.scheme == u.Scheme && p.host == hostOf(u) && p.port == portOf(u) && under && (rest == "" || rest[0] == '/')
}

// plain tells whether a URL means one thing to everyone who reads it: no credentials, no dots that lead elsewhere.
func plain(u *url.URL) bool {
	if u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil || u.Opaque != "" {
		return false
	}
	return !strings.Contains(u.Path, `\`) && (u.Path == "" || path.Clean(u.Path) == strings.TrimSuffix(u.Path, "/") || u.Path == "/")
}

func hostOf(u *url.URL) string { return strings.ToLower(strings.TrimSuffix(u.Hostname(), ".")) }

func portOf(u *url.URL) string {
	switch port := u.Port(); {
	case port != "":
		return port
	case u.Scheme == "http":
		return "80"
	default:
		return "443"
	}
}

var errAddress = errors.New("an address that nothing is fetched from")

// checkPublic refuses every address that isn't one of the internet's.
func checkPublic(address string) error {
	ip, err := addressOf(address)
	if err != nil {
		return err
	}
	for _, reserved := range reservedAddresses() {
		if reserved.Contains(ip) {
			return errAddress
		}
	}
	if !ip.IsGlobalUnicast() || ip.IsPrivate() {
		return errAddress
	}
	return nil
}

// checkNamed refuses addresses that no server of schemas has, though a listed host may claim them: those of a cloud's
// metadata, for one.
func checkNamed(address string) error {
	ip, err := addressOf(address)
	if err != nil {
		return err
	}
	if ip.IsUnspecified() || ip.IsMulticast() || ip.IsLinkLocalUnicast() {
		return errAddress
	}
	return nil
}

func addressOf(address string) (netip.Addr, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return netip.Addr{}, fmt.Errorf("%w: %w", errAddress, err)
	}
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return netip.Addr{}, fmt.Errorf("%w: %w", errAddress, err)
	}
	return ip.Unmap().WithZone(""), nil
}

// reservedAddresses are those that netip takes for global, but that lead nowhere or to somebody inside.
func reservedAddresses() []netip.Prefix {
	return []netip.Prefix{
		netip.MustParsePrefix("0.0.0.0/8"),
		netip.MustParsePrefix("100.64.0.0/10"), // shared by a provider's customers
		netip.MustParsePrefix("192.0.0.0/24"),
		netip.MustParsePrefix("198.18.0.0/15"), // benchmarks
		netip.MustParsePrefix("240.0.0.0/4"),
		netip.MustParsePrefix("64:ff9b::/96"), // IPv4 in IPv6: translated,
		netip.MustParsePrefix("64:ff9b:1::/48"),
		netip.MustParsePrefix("2001::/32"), // tunnelled,
		netip.MustParsePrefix("2002::/16"), // and routed
		netip.MustParsePrefix("fec0::/10"), // private once
	}
}
