package resolver

// hiddenName stands where a bound view would have to write a name of another context. It never should; if it does,
// neither the context nor the subject is told, and the text can't be used as a name either: resolving it is refused.
const hiddenName = ":.__HIDDEN:"

// IsBound tells whether the caller is tied to one context.
func (v View) IsBound() bool { return v.tied }

// Subject writes a subject as the caller names it: in the open view "orders" for the default context and
// ":.team-a:orders" for others (spec 2.1); in a bound view "orders". A name of a bound context that would be read as a
// qualified one is written with its context. A name of another context never shows in a bound view.
func (v View) Subject(registryCtx, subject string) string {
	prefix, shown := v.prefix(registryCtx, subject)
	if !shown {
		return hiddenName
	}
	if prefix == "" {
		return subject
	}
	return ":" + prefix + ":" + subject
}

// AppendSubject appends what Subject writes.
func (v View) AppendSubject(dst []byte, registryCtx, subject string) []byte {
	prefix, shown := v.prefix(registryCtx, subject)
	if !shown {
		return append(dst, hiddenName...)
	}
	if prefix != "" {
		dst = append(dst, ':')
		dst = append(dst, prefix...)
		dst = append(dst, ':')
	}
	return append(dst, subject...)
}

// Context writes a context in a sentence: "" for the caller's root, else ":.team-a:". A bound view hides others.
func (v View) Context(registryCtx string) string { return v.Subject(registryCtx, "") }

// prefix returns the context to write before a subject, empty for none, and whether the caller may see the name.
func (v View) prefix(registryCtx, subject string) (string, bool) {
	switch {
	case !v.IsBound() && registryCtx == DefaultContext:
		return "", true
	case !v.IsBound():
		return registryCtx, true
	case registryCtx != v.bound:
		return "", false
	case isQualified(subject):
		return registryCtx, true
	}
	return "", true
}

// owns tells whether a context that a caller names is the one it is bound to: the root of its registry is `.` to it,
// and all contexts are that one.
func (v View) owns(registryCtx string) bool {
	return registryCtx == DefaultContext || registryCtx == Wildcard || registryCtx == v.bound
}

// subject resolves a subject text of a caller who is bound. What stands behind `:.:` or `:*:` is a name of the same
// view again, so that no spelling of another context is taken for a plain name (see parseName).
func (v View) subject(text string) (Target, error) {
	n := split(text)
	for n.qualified && (n.context != v.bound || n.context == DefaultContext) {
		if !v.owns(n.context) {
			return Target{}, refuse(ErrLeavesContext, text)
		}
		n = split(n.subject)
	}
	return Target{Context: v.bound, Subject: n.subject, Bound: true}, nil
}
