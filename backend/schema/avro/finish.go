package avro

// finish does what had to wait for the end of the text: it fills in the names that were used before their
// definition, and judges what depends on them.
func (p *parser) finish() error {
	for _, w := range p.pending {
		t := p.names[w.name]
		if t == nil {
			t = p.names[qualify(w.text, noSpace())]
		}
		if t == nil {
			return refusal("Undefined schema: " + w.name.String())
		}
		*w.place = t
	}
	for _, t := range p.unions {
		if _, err := checkUnion(t); err != nil {
			return err
		}
	}
	for _, t := range p.twins {
		if !sameTypes(t.first, t.second, withoutDocs) {
			return refusal("Can't redefine: " + t.first.name.String())
		}
	}
	check := newDefaultCheck(p.check.budget)
	for _, f := range p.defaults {
		if check.fitsOwn(f) != yes {
			return invalidDefault(f)
		}
	}
	return nil
}

// checkStoredNames judges the names of a type by the rule of stored texts, which leaves namespaces free.
func checkStoredNames(t *typ) error {
	rule := wideRule()
	if err := rule.check(t.name.last); err != nil {
		return err
	}
	for _, f := range t.fields {
		if err := rule.check(f.name); err != nil {
			return err
		}
	}
	for _, s := range t.symbols {
		if err := rule.check(s); err != nil {
			return err
		}
	}
	return nil
}
