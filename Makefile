# CloudGrid 云上网格. `make help` lists the targets.
SHELL := /bin/bash
LINT_VERSION := v2.15.0
BIN := $(CURDIR)/bin

.PHONY: help test demo build deps lint web web-check slow chaos vuln clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

demo: ## start the demo on the embedded store
	go run ./cmd/cloudgrid demo

build: ## build bin/cloudgrid
	go build -trimpath -o $(BIN)/cloudgrid ./cmd/cloudgrid

deps: ## install what the tests need (Debian: PostgreSQL + PostGIS, GDAL, Chromium, a CJK font)
	.ci/deps.sh

test: deps ## run every test, PostGIS and browser tests included; a skip for a missing component fails
	.ci/test.sh

lint: $(BIN)/golangci-lint-$(LINT_VERSION) ## run the pinned linters
	$< run ./...

$(BIN)/golangci-lint-$(LINT_VERSION):
	@mkdir -p $(BIN)
	GOBIN=$(BIN) go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(LINT_VERSION)
	mv $(BIN)/golangci-lint $@

NPM_INSTALL := npm ci --no-audit --no-fund

web: ## rebuild the page from its sources (needs Node)
	cd web/app && $(NPM_INSTALL) && npm run build

web-check: ## type check, lint and test the page's sources (needs Node)
	cd web/app && $(NPM_INSTALL) && npm run check && npm test

slow: ## the long versions of the fault tests
	CLOUDGRID_SLOW=1 .ci/test.sh

chaos: deps ## break what a running server stands on, under load, and tell what held (about 15 minutes; CHAOS="--only soak --soak 1h")
	go run ./cmd/chaos $(CHAOS)

vuln: ## look up known faults of the libraries that are called (needs the internet)
	go run golang.org/x/vuln/cmd/govulncheck@v1.1.4 ./...

clean: ## remove what a build leaves behind
	rm -rf $(BIN)
