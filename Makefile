GO         := go
LINT       := $(GO) run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
TALLY      := $(GO) run ./conformance/internal/tally
FUZZTIME   := 3s
BIN        := bin/schemaside

.DEFAULT_GOAL := help

.PHONY: help
help: ## List the targets.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "%-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: build
build: ## Build the static binary bin/schemaside.
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '-s -w' -o $(BIN) .

.PHONY: run
run: ## Start the registry on 127.0.0.1:8081, with its schemas in schemaside.db.
	$(GO) run . serve

.PHONY: quick
quick: ## Run the short tests without the race detector.
	@$(GO) test -short -timeout 2m -json ./... | $(TALLY)

.PHONY: test
test: check lint tools ## Run everything: format, vet, lint, deployment files, all tests with the race detector on all databases, whole recordings, allocation budgets, benchmarks once, fuzz targets.
	@SCHEMASIDE_TEST_REQUIRE_SERVICES=1 deploy/services.sh run $(MAKE) -s test-parts

.PHONY: test-parts
test-parts:
	@{ $(MAKE) -s race-json; $(MAKE) -s replay-json; $(MAKE) -s budget-json; $(MAKE) -s bench-json; $(MAKE) -s fuzz-json; } | $(TALLY)

.PHONY: full
full: ## Run test with what takes long: outages of 20 seconds, hundreds of commits from replica to replica.
	@SCHEMASIDE_TEST_FULL=1 $(MAKE) -s test

.PHONY: check
check: ## Check the format and run go vet.
	@unformatted=$$(gofmt -l .); if [ -n "$$unformatted" ]; then echo "not formatted: $$unformatted"; exit 1; fi
	$(GO) vet ./...

.PHONY: lint
lint: ## Run the linters, with the direction of imports among them.
	$(LINT) run --allow-parallel-runners ./...

# Go keeps what it built: this takes minutes once, and then a second.
.PHONY: tools
tools: ## Build the validator of Kubernetes manifests that the tests run.
	@$(GO) -C deploy/tools tool kubectl-validate --help >/dev/null

.PHONY: services
services: ## Start the database servers that the tests need, unless they are up, and print their DSNs.
	@deploy/services.sh up

.PHONY: services-down
services-down: ## Stop the servers that services has started.
	@deploy/services.sh down

.PHONY: fuzz
fuzz: ## Run each fuzz target for FUZZTIME (3s).
	@$(MAKE) -s fuzz-json | $(TALLY)

.PHONY: bench
bench: ## Compare hot lookups with a bare HTTP handler.
	$(GO) run ./bench

.PHONY: conformance
conformance: ## Run the features against a registry: make conformance URL=http://127.0.0.1:8081 [ARGS='--only confluent --html report.html']
	$(GO) run ./conformance --url $(or $(URL),$(error want URL=http://127.0.0.1:8081)) $(ARGS)

.PHONY: docs
docs: ## Write docs/configuration.md from the configuration struct, and docs/openapi.html from docs/openapi.yaml.
	$(GO) test ./config -run TestDocs -update
	$(GO) test ./docs -run TestPage -update

.PHONY: recordings
recordings: ## Keep the recordings of the reference server that lie beside the repository in conformance/testdata, compressed.
	$(GO) test ./conformance -run TestKeptRecordings -update

.PHONY: image
image: ## Build the container image schemaside.
	docker build -t schemaside .

.PHONY: clean
clean: ## Remove what was built.
	rm -rf bin

# The parts of test. Each writes `go test -json` to standard output; tally tells what failed, so they don't.
.PHONY: race-json replay-json budget-json bench-json fuzz-json
race-json:
	@echo "== all tests, with the race detector"
	@$(GO) test -race -count=1 -timeout 8m -json ./... || true

# The race detector is slow: with it, a part of each recording is played, bombs are small, and so are large contexts and the
# tables of attacks and bad requests.
replay-json:
	@echo "== whole recordings of the reference server, bombs of full size, contexts of 100,000 rows, all attacks and bad requests"
	@$(GO) test -count=1 -timeout 8m -run 'TestRecordings|TestBombs|TestManyReferences' -json ./conformance || true
	@$(GO) test -count=1 -timeout 4m -run 'TestStore/a_scan_is_continued_over_very_many_rows' -json ./storage/... || true
	@$(GO) test -count=1 -timeout 4m -run 'TestIsolation|TestBadInput' -json ./proxy || true

# The race detector allocates: budgets count without it.
budget-json:
	@echo "== allocation budgets"
	@$(GO) test -count=1 -timeout 2m -run Alloc -json ./... || true

# Once each, so that they can't rot.
bench-json:
	@echo "== benchmarks"
	@$(GO) test -count=1 -timeout 4m -run '^$$' -bench . -benchtime 1x -json ./... || true

fuzz-json:
	@echo "== fuzz targets, $(FUZZTIME) each"
	@grep -rn --include='*_test.go' -oE '^func Fuzz[A-Za-z0-9_]*' . | sed -E 's|^\./(.*)/[^/]*:[0-9]+:func (Fuzz.*)|\1 \2|' | \
	while read -r folder target; do \
		$(GO) test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) -json "./$$folder" || true; \
	done
