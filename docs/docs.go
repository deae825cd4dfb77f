// Package docs holds the documents that the registry serves about itself.
package docs

import _ "embed"

// OpenAPI describes the REST API, in OpenAPI 3.1.
//
//go:embed openapi.yaml
var OpenAPI string

// Page is OpenAPI as a page for people. `make docs` writes it.
//
//go:embed openapi.html
var Page string
