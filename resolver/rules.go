package resolver

import (
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"
)

// contextMark is where the pattern of a host holds the name of a context.
const contextMark = "{context}"

// Listener is what a listener says about the requests that come in through it.
type Listener struct {
	// Context binds every request to it, with its leading dot (see BindingName); empty binds none.
	Context string
	// TrustHeader lets the context header bind rather than select. A request that nothing else binds has to have it.
	TrustHeader bool
}

// RulesOptions are the bindings of a process.
type RulesOptions struct {
	// Hosts binds host names, without port, to contexts. A name may hold the label part `{context}`, then the context
	// is that part of the host and the value is `{context}` or empty. Once a host is listed, all others are refused.
	Hosts map[string]string
}

// Rules choose the door of a request. They are safe for concurrent use.
type Rules struct {
	hosts    map[string]string
	patterns []pattern
	names    dotted
}

// pattern is a host name around the name of a context.
type pattern struct{ before, after string }

// NewRules checks the bindings. The error names the host and what is wrong with it.
func NewRules(o RulesOptions) (*Rules, error) {
	r := &Rules{hosts: make(map[string]string, len(o.Hosts))}
	for _, host := range slices.Sorted(maps.Keys(o.Hosts)) {
		if err := r.add(host, o.Hosts[host]); err != nil {
			return nil, fmt.Errorf("host %q: %w", host, err)
		}
	}
	// The pattern that says most wins, in an order that doesn't hang on the map.
	slices.SortStableFunc(r.patterns, func(a, b pattern) int {
		return len(b.before) + len(b.after) - len(a.before) - len(a.after)
	})
	return r, nil
}

func (r *Rules) add(host, context string) error {
	name := strings.TrimSuffix(strings.ToLower(host), ".")
	if before, after, ok := strings.Cut(name, contextMark); ok {
		return r.addPattern(pattern{before, after}, context)
	}
	if _, err := netip.ParseAddr(name); err == nil && strings.Contains(name, ":") {
		name = "[" + name + "]"
	}
	bare, ok := hostName(name)
	if !ok || bare != name && "["+bare+"]" != name {
		return errors.New("want a host name without port")
	}
	bound, err := BindingName(context)
	if err != nil {
		return err
	}
	if _, twice := r.hosts[bare]; twice {
		return errors.New("listed twice")
	}
	r.hosts[bare] = bound
	return nil
}

func (r *Rules) addPattern(p pattern, context string) error {
	switch {
	case context != "" && context != contextMark:
		return fmt.Errorf("context %q: want %s, as the host has it", context, contextMark)
	case strings.ContainsAny(p.before+p.after, "{}:[]/ "):
		return fmt.Errorf("want a host name without port that holds %s once", contextMark)
	case p.before == "" && p.after == "":
		return fmt.Errorf("want a part of a name around %s", contextMark)
	}
	r.patterns = append(r.patterns, p)
	return nil
}

// Door tells which door a request came in through. The listener or the host binds it; two that disagree are refused.
// A header that is trusted binds it too and must name the same context; any other header selects a context, weaker than
// a URL prefix, and can't leave a binding. Where a header is trusted nobody comes in unbound. To a caller who is bound otherwise, `.` in an untrusted header is its own root.
// host and header are the texts of the request; the door keeps no part of them.
// Errors: ErrMisdirected, ErrBindingsDisagree, ErrLeavesContext, ErrColonInContext, ErrBadContext, ErrUnbound.
func (r *Rules) Door(l Listener, host, header string, hasHeader bool) (Door, error) {
	d, err := r.bind(l, host)
	switch {
	case err != nil:
		return Door{}, err
	case !hasHeader && l.TrustHeader && !d.View.IsBound():
		return Door{}, ErrUnbound
	case !hasHeader:
		return d, nil
	}
	name, err := r.headerName(header)
	switch {
	case err != nil:
		return Door{}, err
	case !d.View.IsBound() && !l.TrustHeader:
		return Door{Base: name}, nil
	case !d.View.IsBound() && name == GlobalContext:
		return Door{}, refuse(ErrBadContext, header)
	case !d.View.IsBound():
		return Door{View: Bound(name)}, nil
	case name == d.View.bound, !l.TrustHeader && name == DefaultContext:
		return d, nil
	}
	return Door{}, refuse(ErrLeavesContext, header)
}

// headerName returns the context that a header names. An empty header is a mistake of whoever set it.
func (r *Rules) headerName(header string) (string, error) {
	if strings.Trim(header, ":") == "" {
		return "", refuse(ErrBadContext, header)
	}
	name, err := trimColons(header)
	if err != nil || name == DefaultContext {
		return DefaultContext, err
	}
	return r.names.withDot(strings.TrimPrefix(name, ".")), nil
}

// bind returns the door as the listener or the host binds it.
func (r *Rules) bind(l Listener, host string) (Door, error) {
	if !r.ByHost() {
		if l.Context == "" {
			return Door{}, nil
		}
		return Door{View: Bound(l.Context)}, nil
	}
	bound, ok := r.hostContext(host)
	switch {
	case !ok:
		return Door{}, refuse(ErrMisdirected, host)
	case l.Context != "" && l.Context != bound:
		return Door{}, refuse(ErrBindingsDisagree, host)
	}
	return Door{View: Bound(bound)}, nil
}

// ByHost tells whether the host of a request has a say.
func (r *Rules) ByHost() bool { return len(r.hosts) > 0 || len(r.patterns) > 0 }
