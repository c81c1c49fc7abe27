# Everything a developer does here. `make help` lists it.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-builtin-rules

GO       ?= go
NPM      ?= npm
DOCKER   ?= docker
VERSION  ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
IMAGE    ?= identitydesk
# Whole processes and browsers, and the rooms that they are made of. Races are looked for in the rooms: a desk and a browser that go
# through everything take several times as long with the detector (RACED='./cmd/... ./views' has them looked for there, too), and
# wait most of the time, so that four of them share two cores. What `go vet` says is for `make lint`.
WHOLE ?= ./cmd/... ./views
RACED ?= ./handlers/... ./internal/... ./static/... ./store/...
# More for `go test`: TESTFLAGS='-run Queue', TESTFLAGS=-count=1.
TESTFLAGS ?=
BENCHTIME ?= 1s
# How many identities the load test fills its database with.
IDENTITIES ?= 1000000

LINT   := $(GO) tool -modfile=.tools.mod golangci-lint
# A line a package; what failed or was skipped stands once more at the end, with its output.
GOTEST := $(GO) tool -modfile=.tools.mod gotestsum --format pkgname --
# What the program may be built from. A licence that asks for more than to be named needs a decision.
LICENCES := MIT,ISC,BSD-2-Clause,BSD-3-Clause,Apache-2.0
LDFLAGS := -s -w -X main.version=$(VERSION)

# The race detector needs a C compiler. It does not follow the steps of SQLite itself, which was translated from C and holds its own
# locks: to follow them takes three times as long, and tells of nothing that is ours. No more than that package may be left out, since
# what it shares with others (an instance of a generic type) would be left out there too.
RACE ?= $(if $(shell command -v gcc || command -v clang),-race -gcflags=modernc.org/sqlite/lib=-race=false)

# Two makes at once must not install packages over each other; where there is no
# flock (macOS), do not run two.
LOCK := $(if $(shell command -v flock),flock .build/lock)

VIEWS  := $(shell find views -name '*.templ')
STYLED := $(VIEWS) $(filter-out %_templ.go %_test.go,$(shell find views -name '*.go'))

GENERATED_SUM = { cat $(sort $(VIEWS:.templ=_templ.go)) 2>/dev/null || true; } | cksum

.PHONY: help run build test lint bench pictures docker licences sbom vuln assets generate browser clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: build ## build and start the desk with the emulator on http://127.0.0.1:8080
	exec .bin/identitydesk serve

build: assets generate ## build .bin/identitydesk
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '$(LDFLAGS)' -o .bin/identitydesk ./cmd/identitydesk

test: assets generate browser ## run every test
	@$(if $(RACE),,echo 'No C compiler found: the race detector is off.')
	$(GOTEST) -vet=off -timeout 18m -parallel 4 $(TESTFLAGS) $(WHOLE)
	$(GOTEST) -vet=off $(RACE) -timeout 18m $(TESTFLAGS) $(RACED)

lint: ## check the rules of the code base
	@if grep -rnE '//\s*nolint|#nosec' --include='*.go' --include='*.templ' cmd handlers internal static/*.go store views; then \
		echo 'lint: mend the finding, or change the rule in .golangci.yml with a reason.'; exit 1; fi
	@before=$$($(GENERATED_SUM)); \
	$(GO) tool templ generate -path views -log-level warn; \
	if [ "$$before" != "$$($(GENERATED_SUM))" ]; then \
		echo 'lint: generated code was older than its .templ file. It is up to date now: commit it.'; exit 1; fi
	$(GO) mod tidy -diff
	$(GO) vet ./...
	$(LINT) run

bench: assets generate ## run the benchmarks and the load test (BENCHTIME=1s IDENTITIES=1000000)
	@dirs=$$(grep -rlE '^func Benchmark' --include='*_test.go' cmd handlers internal store views | xargs -r -n1 dirname | sort -u | sed 's|^|./|' || true); \
	if [ -z "$$dirs" ]; then echo 'bench: no package has a benchmark.'; exit 1; fi; \
	set -x; $(GO) test -run '^$$' -bench . -benchmem -benchtime $(BENCHTIME) -timeout 60m $$dirs
	$(GO) run ./cmd/identitydesk loadtest --identities $(IDENTITIES)

pictures: assets generate browser ## take the pictures in docs/pictures from a running desk
	$(GO) test -tags pictures -count=1 -run TestPictures ./cmd/identitydesk

docker: ## build the container image (IMAGE=identitydesk)
	$(DOCKER) build --build-arg VERSION=$(VERSION) --tag $(IMAGE) .

licences: assets ## list the licences of everything built in, into .build/licences.csv; fails on one that is not allowed
	$(GO) build -modfile=.tools.mod -o .build/go-licenses github.com/google/go-licenses/v2
	.build/go-licenses check ./cmd/identitydesk --ignore identitydesk --allowed_licenses=$(LICENCES)
	.build/go-licenses report ./cmd/identitydesk --ignore identitydesk 2>/dev/null > .build/licences.csv
	node .ci/licences.mjs static/package-lock.json >> .build/licences.csv
	@echo "$$(wc -l < .build/licences.csv) licences, all allowed: .build/licences.csv"

sbom: build ## write what the program is made of, as CycloneDX, into .build/sbom.json
	$(GO) version -m -json .bin/identitydesk | node .ci/sbom.mjs '$(VERSION)' static/package-lock.json > .build/sbom.json
	@echo ".build/sbom.json: $$(grep -c '"purl"' .build/sbom.json) parts"

vuln: ## ask the Go vulnerability database about what the program calls
	@$(GO) tool -modfile=.tools.mod govulncheck ./... || { code=$$?; \
	if [ $$code -ne 3 ]; then \
		echo 'vuln: NOTHING WAS CHECKED: the vulnerability database (https://vuln.go.dev) could not be asked. Run it where it can be reached.'; fi; \
	exit $$code; }

assets: ## build styles, scripts and icons where their sources changed
	@mkdir -p .build
	@$(LOCK) $(MAKE) --no-print-directory static/dist/icons.svg.gz

generate: ## bring the Go code of the views up to date where a view changed
	@mkdir -p .build
	@$(LOCK) $(MAKE) --no-print-directory .build/views

browser: ## make sure that there is a browser for the tests
	@.ci/browser

clean: ## remove all that was built; data stays
	rm -rf .bin .build static/node_modules
	find static/dist -type f ! -name .keep -delete

# What follows runs under the lock.

# The sprite is what build.mjs writes last.
static/dist/icons.svg.gz: static/node_modules/.package-lock.json static/build.mjs $(wildcard static/src/*) $(STYLED)
	node static/build.mjs

static/node_modules/.package-lock.json: static/package.json static/package-lock.json static/.npmrc
	cd static && $(NPM) ci --ignore-scripts
	@touch $@

.build/views: $(VIEWS)
	$(GO) tool templ generate -path views -log-level warn
	@touch $@
