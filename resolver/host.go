package resolver

import "strings"

// maxHost is the length of the longest name that DNS knows, and then some for a port.
const maxHost = 264

// hostContext returns the context that a host is bound to.
func (r *Rules) hostContext(host string) (string, bool) {
	var lower [maxHost]byte
	if len(host) > maxHost {
		return "", false
	}
	for i := range len(host) {
		c := host[i]
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		lower[i] = c
	}
	name, ok := hostName(borrow(lower[:len(host)]))
	if !ok {
		return "", false
	}
	if bound, ok := r.hosts[name]; ok {
		return bound, true
	}
	for _, p := range r.patterns {
		if label, ok := p.match(name); ok {
			return r.names.withDot(label), true
		}
	}
	return "", false
}

// match returns the part of a host that a pattern leaves open, if it could be a label of a host name. A dot can't be in
// it: a host below another one is not the same tenant's.
func (p pattern) match(name string) (string, bool) {
	if len(name) <= len(p.before)+len(p.after) || !strings.HasPrefix(name, p.before) || !strings.HasSuffix(name, p.after) {
		return "", false
	}
	label := name[len(p.before) : len(name)-len(p.after)]
	for i := range len(label) {
		c := label[i]
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' && c != '_' {
			return "", false
		}
	}
	return label, true
}

// hostName takes the port, the brackets of an IPv6 address and the last dot off a host in lower case. It is false for a
// text that can't be a host.
func hostName(host string) (string, bool) {
	var name, port string
	if rest, ok := strings.CutPrefix(host, "["); ok {
		var closed bool
		if name, port, closed = strings.Cut(rest, "]"); !closed {
			return "", false
		}
		if port != "" {
			var hasPort bool
			if port, hasPort = strings.CutPrefix(port, ":"); !hasPort {
				return "", false
			}
		}
	} else {
		name, port, _ = strings.Cut(host, ":")
	}
	for i := range len(port) {
		if port[i] < '0' || port[i] > '9' {
			return "", false
		}
	}
	name = strings.TrimSuffix(name, ".")
	return name, name != ""
}
