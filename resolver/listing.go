package resolver

// Listing resolves subjectPrefix (spec 2.7). all tells that the route lists every context when nothing is given and
// no context was selected. A context prefix that no colon ends (`:.te`) lists all contexts that start so.
//
// In a bound view only the bound context is ever listed. `:.` and its own name without the last colon name it as
// well; other open prefixes are refused, whether or not they would match it, so that nobody can spell their way to
// the names of contexts.
// Errors: ErrBadName, ErrLeavesContext.
func (d Door) Listing(prefix string, given, all bool) (Listing, error) {
	if !given {
		prefix = ""
	}
	if err := CheckName(prefix); err != nil {
		return Listing{}, err
	}
	if d.View.IsBound() {
		return d.View.listing(prefix)
	}
	if !given && all && d.Base == "" {
		return Listing{AllContexts: true}, nil
	}
	n := split(prefix)
	switch {
	case !n.qualified:
		return Listing{Context: d.base(), SubjectPrefix: n.subject}, nil
	case n.context == Wildcard:
		return Listing{AllContexts: true, SubjectPrefix: n.subject}, nil
	case n.open:
		return Listing{ContextPrefix: n.context}, nil
	}
	return Listing{Context: n.context, SubjectPrefix: n.subject}, nil
}

// listing resolves the prefix of a caller who is bound; an empty one lists everything.
func (v View) listing(prefix string) (Listing, error) {
	n := split(prefix)
	if n.qualified && !v.owns(n.context) {
		return Listing{}, refuse(ErrLeavesContext, prefix)
	}
	return Listing{Context: v.bound, SubjectPrefix: n.subject}, nil
}
