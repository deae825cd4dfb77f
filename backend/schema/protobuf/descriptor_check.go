package protobuf

import (
	"fmt"

	"google.golang.org/protobuf/types/descriptorpb"
)

// descriptorCheck looks for what no Protobuf runtime takes, and words it as Java's does.
type descriptorCheck struct {
	err error
}

func checkDescriptor(d *descriptorpb.FileDescriptorProto) error {
	c := &descriptorCheck{}
	symbols := c.symbols(d.GetPackage())
	for _, m := range d.GetMessageType() {
		symbols(m.GetName())
		c.message(d.GetPackage(), m)
	}
	for _, e := range d.GetEnumType() {
		symbols(e.GetName())
		c.enum(d.GetPackage(), e)
	}
	for _, s := range d.GetService() {
		symbols(s.GetName())
		methods := c.symbols(dotted(d.GetPackage(), s.GetName()))
		for _, m := range s.GetMethod() {
			methods(m.GetName())
		}
	}
	for _, f := range d.GetExtension() {
		symbols(f.GetName())
		c.number(d.GetPackage(), f)
	}
	return c.err
}

func (c *descriptorCheck) failf(prefix, name, format string, args ...any) {
	if c.err == nil {
		c.err = fmt.Errorf("%s: %s", dotted(prefix, name), fmt.Sprintf(format, args...))
	}
}

// symbols checks the names that stand in one place, one a call.
func (c *descriptorCheck) symbols(full string) func(name string) {
	seen := map[string]bool{}
	return func(name string) {
		switch {
		case !isIdentifier(name):
			c.failf(full, name, `"%s" is not a valid identifier.`, name)
		case seen[name] && full == "":
			c.failf("", name, `"%s" is already defined.`, name)
		case seen[name]:
			c.failf(full, name, `"%s" is already defined in "%s".`, name, full)
		}
		seen[name] = true
	}
}

func isIdentifier(s string) bool {
	for i := range len(s) {
		if !isWordChar(s[i]) || s[i] == '.' || s[i] == '-' || i == 0 && isDigit(s[i]) {
			return false
		}
	}
	return s != ""
}

func (c *descriptorCheck) message(prefix string, m *descriptorpb.DescriptorProto) {
	full := dotted(prefix, m.GetName())
	symbols := c.symbols(full)
	for _, o := range m.GetOneofDecl() {
		symbols(o.GetName())
	}
	for _, n := range m.GetNestedType() {
		symbols(n.GetName())
		c.message(full, n)
	}
	for _, e := range m.GetEnumType() {
		symbols(e.GetName())
		c.enum(full, e)
	}
	used := map[int32]string{}
	for _, f := range m.GetField() {
		symbols(f.GetName())
		c.number(full, f)
		if before, ok := used[f.GetNumber()]; ok {
			c.failf(full, f.GetName(), `Field number %d has already been used in "%s" by field "%s".`, f.GetNumber(), full, before)
		}
		used[f.GetNumber()] = f.GetName()
	}
	for _, f := range m.GetExtension() {
		symbols(f.GetName())
		c.number(full, f)
	}
	for _, r := range m.GetExtensionRange() {
		if r.GetStart() <= 0 || r.GetEnd() <= r.GetStart() {
			c.failf(prefix, m.GetName(), "Extension numbers must be positive integers.")
		}
	}
}

func (c *descriptorCheck) number(full string, f *descriptorpb.FieldDescriptorProto) {
	if f.GetNumber() <= 0 {
		c.failf(full, f.GetName(), "Field numbers must be positive integers.")
	}
}

func (c *descriptorCheck) enum(prefix string, e *descriptorpb.EnumDescriptorProto) {
	full := dotted(prefix, e.GetName())
	if len(e.GetValue()) == 0 {
		c.failf(prefix, e.GetName(), "Enums must contain at least one value.")
	}
	symbols := c.symbols(full)
	for _, v := range e.GetValue() {
		symbols(v.GetName())
	}
}
