package jsontree

// String is the value without blanks, keys in the order of the text.
func (v *Value) String() string { return string(v.Append(nil)) }

// Append prints a value without blanks, keys in the order of the text.
func (v *Value) Append(b []byte) []byte { return v.append(b, false) }

// AppendSorted prints a value without blanks, the keys of every object in Java's order.
func (v *Value) AppendSorted(b []byte) []byte { return v.append(b, true) }

func (v *Value) append(b []byte, sorted bool) []byte {
	switch v.Kind {
	case Null:
		return append(b, "null"...)
	case False:
		return append(b, "false"...)
	case True:
		return append(b, "true"...)
	case Number:
		return append(b, v.Text...)
	case String:
		return AppendString(b, v.Text)
	case Array:
		b = append(b, '[')
		for i := range v.List {
			if i > 0 {
				b = append(b, ',')
			}
			b = v.List[i].Value.append(b, sorted)
		}
		return append(b, ']')
	default:
		return v.appendObject(b, sorted)
	}
}

func (v *Value) appendObject(b []byte, sorted bool) []byte {
	list := v.List
	if sorted {
		list = SortedMembers(list)
	}
	b = append(b, '{')
	for i := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(AppendString(b, list[i].Key), ':')
		b = list[i].Value.append(b, sorted)
	}
	return append(b, '}')
}

// AppendString prints a string with its quotes, and with no escapes but those that it needs.
func AppendString(b []byte, s string) []byte {
	b = append(b, '"')
	start := 0
	for i := range len(s) {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		b = append(b, s[start:i]...)
		b = appendEscape(b, c)
		start = i + 1
	}
	b = append(b, s[start:]...)
	return append(b, '"')
}

func appendEscape(b []byte, c byte) []byte {
	const hex = "0123456789ABCDEF"
	switch c {
	case '\b':
		return append(b, `\b`...)
	case '\t':
		return append(b, `\t`...)
	case '\n':
		return append(b, `\n`...)
	case '\f':
		return append(b, `\f`...)
	case '\r':
		return append(b, `\r`...)
	case '"', '\\':
		return append(b, '\\', c)
	default:
		return append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
	}
}
