package resolver

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// contextMark is where the pattern of a host holds the name of a context.
const contextMark = "{context}"

// Listener is what a listener says about the requests that come in through it.
type Listener struct {
	// Context, with its leading dot, binds every request to it; empty binds none.
	Context string
	// TrustHeader lets the context header bind rather than select. A request without the header isn't bound by it.
	TrustHeader bool
}

// RulesOptions are the bindings of a process.
type RulesOptions struct {
	// Hosts binds host names, without port, to contexts. A name may hold the label part `{context}`, then the context
	// is that part of the host and the value is `{context}` or empty. Once a host is listed, all others are refused.
	Hosts map[string]string
}

// Rules choose the door of a request. They don't change and are safe for concurrent use.
type Rules struct {
	hosts    map[string]string
	patterns []pattern
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
	if bare, ok := hostName(name); !ok || bare != name && "["+bare+"]" != name {
		return fmt.Errorf("want a host name without port")
	} else {
		name = bare
	}
	bound, err := bindingName(context)
	if err != nil {
		return err
	}
	if _, twice := r.hosts[name]; twice {
		return fmt.Errorf("listed twice")
	}
	r.hosts[name] = bound
	return nil
}

func (r *Rules) addPattern(p pattern, context string) error {
	switch {
	case context != "" && context != contextMark:
		return fmt.Errorf("context %q: want %s, as the host has it", context, contextMark)
	case strings.ContainsAny(p.before+p.after, "{}:[]/ "):
		return fmt.Errorf("want a host name without port that holds %s once", contextMark)
	case p.after == "" || p.after == ".":
		return fmt.Errorf("want a domain behind %s", contextMark)
	}
	r.patterns = append(r.patterns, p)
	return nil
}

// bindingName returns the context that something may be bound to. `.__GLOBAL` holds settings only, and the wildcard is
// no context.
func bindingName(text string) (string, error) {
	if strings.Trim(text, ":") == "" {
		return "", refuse(ErrBadContext, text)
	}
	bound, err := ContextName(text)
	if err == nil && bound == GlobalContext {
		return "", refuse(ErrBadContext, text)
	}
	return bound, err
}

// Door tells which door a request came in through. The listener or the host binds it; two that disagree are refused.
// A header that is trusted binds it too and must name the same context; any other header selects a context, weaker than
// a URL prefix, and can't leave a binding. host and header are the texts of the request, and Base may be a part of header.
// Errors: ErrMisdirected, ErrBindingsDisagree, ErrLeavesContext, ErrColonInContext, ErrBadContext.
func (r *Rules) Door(l Listener, host, header string, hasHeader bool) (Door, error) {
	bound, err := r.binding(l, host)
	if err != nil || !hasHeader {
		return Door{View: View{bound: bound}}, err
	}
	if strings.Trim(header, ":") == "" {
		return Door{}, refuse(ErrBadContext, header)
	}
	name, err := ContextName(header)
	if err != nil {
		return Door{}, err
	}
	switch {
	case bound != "" && name == bound:
		return Door{View: View{bound: bound}}, nil
	case bound != "" && !l.TrustHeader && name == DefaultContext:
		return Door{View: View{bound: bound}}, nil
	case bound != "":
		return Door{}, refuse(ErrLeavesContext, header)
	case !l.TrustHeader:
		return Door{Base: name}, nil
	case name == GlobalContext:
		return Door{}, refuse(ErrBadContext, header)
	}
	return Door{View: View{bound: name}}, nil
}

// binding returns the context that the listener or the host binds to; empty if neither does.
func (r *Rules) binding(l Listener, host string) (string, error) {
	if len(r.hosts) == 0 && len(r.patterns) == 0 {
		return l.Context, nil
	}
	bound, ok := r.hostContext(host)
	switch {
	case !ok:
		return "", refuse(ErrMisdirected, host)
	case l.Context != "" && l.Context != bound:
		return "", refuse(ErrBindingsDisagree, host)
	}
	return bound, nil
}
