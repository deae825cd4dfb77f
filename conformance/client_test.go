package main

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/twmb/franz-go/pkg/sr"

	"schemaside/conformance/features"
	"schemaside/conformance/testserver"
)

// TestClient lets a client that isn't ours work in the default context, in a context that it names, and in the bound view,
// where it names none.
func TestClient(t *testing.T) {
	t.Parallel()
	type door struct {
		name  string
		bound bool
		scope func(context.Context) context.Context
	}
	same := func(ctx context.Context) context.Context { return ctx }
	for _, d := range []door{
		{"default context", false, same},
		{"named context", false, func(ctx context.Context) context.Context { return sr.InContext(ctx, ".team-a") }},
		{"bound view", true, same},
	} {
		t.Run(d.name, func(t *testing.T) {
			t.Parallel()
			s := testserver.Start(t, testserver.Options{})
			url := s.URL
			if d.bound {
				url = s.TenantURL
			}
			client, err := sr.NewClient(sr.URLs(url))
			if err != nil {
				t.Fatal(err)
			}
			c := clientTest{t: t, ctx: d.scope(t.Context()), client: client}
			c.evolves()
			c.refers()
			c.configures()
			c.deletes()
		})
	}
}

type clientTest struct {
	t      *testing.T
	ctx    context.Context //nolint:containedctx // lives as long as the test
	client *sr.Client
}

func (c clientTest) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

// refused checks for an error code of the registry.
func (c clientTest) refused(err error, code int) {
	c.t.Helper()
	var e *sr.ResponseError
	if !errors.As(err, &e) || e.ErrorCode != code {
		c.t.Fatalf("got %v, want error_code %d", err, code)
	}
}

func avroSchema(letter string, references ...sr.SchemaReference) sr.Schema {
	return sr.Schema{Schema: features.Schema(letter), References: references}
}

func (c clientTest) evolves() {
	c.t.Helper()
	first, err := c.client.CreateSchema(c.ctx, "orders-value", avroSchema("A"))
	c.must(err)
	second, err := c.client.CreateSchema(c.ctx, "orders-value", avroSchema("B"))
	c.must(err)
	if first.ID != 1 || second.ID != 2 || second.Version != 2 {
		c.t.Fatalf("registered as %+v and %+v", first, second)
	}
	_, err = c.client.CreateSchema(c.ctx, "orders-value", avroSchema("D"))
	c.refused(err, 40901)
	check, err := c.client.CheckCompatibility(sr.WithParams(c.ctx, sr.Verbose), "orders-value", -1, avroSchema("D"))
	c.must(err)
	if check.Is || len(check.Messages) != 4 {
		c.t.Fatalf("check: %+v", check)
	}
	found, err := c.client.LookupSchema(c.ctx, "orders-value", avroSchema("A"))
	c.must(err)
	text, err := c.client.SchemaTextByID(c.ctx, 1)
	c.must(err)
	if found.ID != 1 || text != features.Schema("A") {
		c.t.Fatalf("found %+v, text %s", found, text)
	}
	byID, err := c.client.SchemaByID(c.ctx, 2)
	c.must(err)
	if byID.Schema != features.Schema("B") {
		c.t.Fatalf("ID 2 is %s", byID.Schema)
	}
	_, err = c.client.SchemaByID(c.ctx, 99)
	c.refused(err, 40403)
	versions, err := c.client.SubjectVersions(c.ctx, "orders-value")
	c.must(err)
	if !slices.Equal(versions, []int{1, 2}) {
		c.t.Fatalf("versions %v", versions)
	}
}

func (c clientTest) refers() {
	c.t.Helper()
	_, err := c.client.CreateSchema(c.ctx, "outer", avroSchema("E", sr.SchemaReference{Name: "R", Subject: "orders-value", Version: 1}))
	c.must(err)
	ids, err := c.client.SchemaByVersion(c.ctx, "outer", -1)
	c.must(err)
	if len(ids.References) != 1 || ids.References[0].Version != 1 {
		c.t.Fatalf("outer is %+v", ids)
	}
	err = c.client.DeleteSchema(c.ctx, "orders-value", 1, sr.SoftDelete)
	c.refused(err, 42206)
	_, err = c.client.CreateSchema(c.ctx, "broken", avroSchema("E", sr.SchemaReference{Name: "R", Subject: "nothing", Version: 1}))
	c.refused(err, 42201)
}

func (c clientTest) configures() {
	c.t.Helper()
	for _, r := range c.client.SetCompatibility(c.ctx, sr.SetCompatibility{Level: sr.CompatNone}, "free") {
		c.must(r.Err)
	}
	for _, r := range c.client.Compatibility(c.ctx, "free") {
		c.must(r.Err)
		if r.Level != sr.CompatNone {
			c.t.Fatalf("level %v", r.Level)
		}
	}
	for _, letter := range []string{"A", "D"} {
		_, err := c.client.CreateSchema(c.ctx, "free", avroSchema(letter))
		c.must(err)
	}
	for _, r := range c.client.SetMode(c.ctx, sr.ModeReadOnly, "free") {
		c.must(r.Err)
	}
	_, err := c.client.CreateSchema(c.ctx, "free", avroSchema("C"))
	c.refused(err, 42205)
	for _, r := range c.client.ResetMode(c.ctx, "free") {
		c.must(r.Err)
	}
}

func (c clientTest) deletes() {
	c.t.Helper()
	for _, how := range []sr.DeleteHow{sr.SoftDelete, sr.HardDelete} {
		versions, err := c.client.DeleteSubject(c.ctx, "free", how)
		c.must(err)
		if !slices.Equal(versions, []int{1, 2}) {
			c.t.Fatalf("deleted %v", versions)
		}
	}
	_, err := c.client.SubjectVersions(c.ctx, "free")
	c.refused(err, 40401)
	subjects, err := c.client.Subjects(c.ctx)
	c.must(err)
	if len(subjects) != 2 {
		c.t.Fatalf("subjects %v", subjects)
	}
}
