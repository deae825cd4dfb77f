package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/pb33f/go-yaml"
	"github.com/pb33f/libopenapi"
	validator "github.com/pb33f/libopenapi-validator"
	"github.com/pb33f/libopenapi-validator/config"
	problems "github.com/pb33f/libopenapi-validator/errors"
	"github.com/pb33f/libopenapi-validator/schema_validation"
	"github.com/pb33f/libopenapi/datamodel/high/base"
	v3 "github.com/pb33f/libopenapi/datamodel/high/v3"
	"github.com/pb33f/libopenapi/orderedmap"

	"schemaside/docs"
)

// TestDocument: the description is a valid OpenAPI document.
func TestDocument(t *testing.T) {
	t.Parallel()
	document, err := libopenapi.NewDocument([]byte(docs.OpenAPI))
	if err != nil {
		t.Fatal(err)
	}
	v, errs := validator.NewValidator(document, config.WithSchemaCache(nil))
	if len(errs) > 0 {
		t.Fatal(errors.Join(errs...))
	}
	if ok, errs := v.ValidateDocument(); !ok {
		t.Error(tell(errs))
	}
}

// TestExamples: every body and parameter has an example, and every example is what its schema says.
func TestExamples(t *testing.T) {
	t.Parallel()
	document, err := libopenapi.NewDocument([]byte(docs.OpenAPI))
	if err != nil {
		t.Fatal(err)
	}
	model, err := document.BuildV3Model()
	if err != nil {
		t.Fatal(err)
	}
	c := checker{t: t, v: schema_validation.NewSchemaValidator(config.WithFormatAssertions())}
	for path, item := range model.Model.Paths.PathItems.FromOldest() {
		c.parameters(path, item.Parameters)
		for method, op := range item.GetOperations().FromOldest() {
			c.operation(method+" "+path, op)
		}
	}
	if c.checked < 100 {
		t.Errorf("only %d examples were checked", c.checked)
	}
}

// checker compares examples with schemas.
type checker struct {
	t       *testing.T
	v       schema_validation.SchemaValidator
	checked int
}

func (c *checker) operation(name string, op *v3.Operation) {
	c.t.Helper()
	c.parameters(name, op.Parameters)
	if op.RequestBody != nil {
		c.bodies(name+": request", op.RequestBody.Content)
	}
	for status, response := range op.Responses.Codes.FromOldest() {
		c.bodies(name+": "+status, response.Content)
	}
	c.bodies(name+": default", op.Responses.Default.Content)
}

func (c *checker) parameters(name string, list []*v3.Parameter) {
	c.t.Helper()
	for _, p := range list {
		if p.Description == "" {
			c.t.Errorf("%s: parameter %s is not described", name, p.Name)
		}
		for _, e := range examplesOf(p.Example, p.Examples) {
			c.example(name+": "+p.Name, p.Schema, e)
		}
	}
}

func (c *checker) bodies(name string, content *orderedmap.Map[string, *v3.MediaType]) {
	c.t.Helper()
	for _, media := range content.FromOldest() {
		examples := examplesOf(media.Example, media.Examples)
		if len(examples) == 0 {
			c.t.Errorf("%s has no example", name)
		}
		for _, e := range examples {
			// A text that may be anything has no schema.
			if media.Schema != nil {
				c.example(name, media.Schema, e)
			}
		}
	}
}

func (c *checker) example(name string, s *base.SchemaProxy, e *yaml.Node) {
	c.t.Helper()
	c.checked++
	var value any
	if err := e.Decode(&value); err != nil {
		c.t.Errorf("%s: %v", name, err)
		return
	}
	text, err := json.Marshal(value)
	if err != nil {
		c.t.Errorf("%s: %v", name, err)
		return
	}
	if ok, errs := c.v.ValidateSchemaBytes(s.Schema(), text); !ok {
		c.t.Errorf("%s: %s is not what its schema says: %v", name, text, tell(errs))
	}
}

func examplesOf(one *yaml.Node, several *orderedmap.Map[string, *base.Example]) []*yaml.Node {
	var list []*yaml.Node
	if one != nil {
		list = append(list, one)
	}
	for _, e := range several.FromOldest() {
		list = append(list, e.Value)
	}
	return list
}

func tell(list []*problems.ValidationError) string {
	var b strings.Builder
	for _, p := range list {
		fmt.Fprintf(&b, "%s: %s", p.Message, p.Reason)
		for _, s := range p.SchemaValidationErrors {
			fmt.Fprintf(&b, "; %s: %s", s.KeywordLocation, s.Reason)
		}
		b.WriteString("\n")
	}
	return b.String()
}
