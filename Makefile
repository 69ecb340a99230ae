# diemcau: the two commands of the README are `make run` and `make test`.
SHELL := /bin/bash
.DEFAULT_GOAL := build
TOOLS := $(CURDIR)/.tools
GOLANGCI_VERSION := v2.15.0
LINT := $(TOOLS)/golangci-lint-$(GOLANGCI_VERSION)
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS := -s -w -X main.version=$(VERSION)
GO_DIRS := cmd internal meeting recording sfu signaling web/*.go
export CGO_ENABLED ?= 0

.PHONY: security run build test shows bench bench-search measure-join measure-replay measure-recording soak recordings cross lint fuzz e2e web bundle deploy-check fmt test-go test-units test-integration test-clock test-web e2e-waiting e2e-judging waiting computing tools linter types documents clean

run: build ## build everything and start the bridge with demo data
	bin/diemcau serve --dev --demo

build: web ## bin/diemcau and bin/diemload, web assets embedded
	go build -ldflags '$(LDFLAGS)' -o bin/ ./cmd/diemcau ./cmd/diemload

web: web/dist/index.html

web/dist/index.html: $(shell find web/src web/public -type f 2>/dev/null) web/index.html web/package.json web/package-lock.json web/vite.config.ts web/node_modules/.package-lock.json
	cd web && npm run build

web/node_modules/.package-lock.json: web/package-lock.json
	cd web && npm ci --no-audit --no-fund
	@touch $@

# The programs that the tests need are fetched while the first things are compiled:
# one waits for the network and the disk, the other for the processor.
# The integration tests wait twice as long as they work, so what only computes runs
# beside them and gets what they leave of the processors. What browsers show comes after,
# with the machine for itself.
timed = +@began=$$SECONDS; $(2) $(MAKE) --no-print-directory $(1) && echo "took: $(1) $$((SECONDS - began)) s"
LEFT := nice -n 19
test: ## every check; the one that CI runs
	$(call timed,-j2 tools build linter)
	$(call timed,-j2 --output-sync=target waiting computing)
	$(call timed,e2e-waiting)
	$(call timed,e2e-judging)
	@echo "every check has passed"

waiting:
	$(call timed,test-integration)
	$(call timed,test-clock)

computing:
	$(call timed,lint,$(LEFT))
	$(call timed,security,$(LEFT))
	$(call timed,test-units,$(LEFT))
	$(call timed,test-web,$(LEFT))
	$(call timed,documents,$(LEFT))

tools: ## what the tests need from the system
	deploy/test-tools.sh documents

# Other systems than the one at hand: `make test` checks types for them
# (internal/archtest), this compiles and links.
CROSS := darwin/arm64 windows/amd64 linux/arm64

cross: web ## the commands for other systems; nothing is kept
	@set -e; for t in $(CROSS); do echo "$$t"; \
	  CGO_ENABLED=0 GOOS=$${t%/*} GOARCH=$${t#*/} go build -o /dev/null ./cmd/diemload; \
	  CGO_ENABLED=0 GOOS=$${t%/*} GOARCH=$${t#*/} go build -o /dev/null ./cmd/diemcau; done

lint: $(LINT) web/node_modules/.package-lock.json ## format, rules (vet among them), architecture
	@test -z "$$(gofmt -l $(GO_DIRS))" || { gofmt -l $(GO_DIRS); echo "run make fmt"; exit 1; }
	$(LINT) run ./...
	cd web && npm run lint

linter: $(LINT)
$(LINT):
	@mkdir -p $(TOOLS)
	GOBIN=$(TOOLS) go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_VERSION)
	mv $(TOOLS)/golangci-lint $@

# The race detector needs cgo. The integration tests run apart: they wait more than
# they work. What goes by the clock is judged without the detector only. The cost of
# passwords is the true one without the detector only; and what has no goroutines is
# several times as dear with it and finds nothing: the types for other systems, and the
# papers, whose tests are all in `documents` (the desk and the letters draw papers with it).
# SQLite is C that was translated: nothing in it is ours to find, and watched by the
# detector it costs three times as much in every test that opens a database.
RACE := -race -gcflags=modernc.org/sqlite/lib=-race=false
INTEGRATION := ./internal/integration
WITHOUT_RACE := /internal/integration$$|/internal/archtest$$|/meeting/document$$
BY_THE_CLOCK := FivePercentLoss|ResumesAfter|ForcedFull|LayerChange|TheFloorChanges|P6|P7ABudgetIs|TheStateCosts|Garbage|StopsReading|AShutdown
test-go: test-units test-integration test-clock ## all Go tests

test-units: web ## with the race detector; the store's on SQLite and PostgreSQL
	CGO_ENABLED=1 deploy/test-postgres.sh go test $(RACE) -timeout 10m $$(go list ./... | grep -Ev '$(WITHOUT_RACE)')
	go test ./internal/password ./internal/archtest

test-integration: web ## whole bridges and real Pion clients, with the race detector
	CGO_ENABLED=1 go test $(RACE) -timeout 10m -parallel 3 $(INTEGRATION)

test-clock: web ## what is judged by the clock
	go test -timeout 5m -parallel 3 -run '$(BY_THE_CLOCK)' $(INTEGRATION)

# gosec is one of the linters. Lists of known faults come from outside; where they
# cannot be had, this says so and goes on.
GOVULNCHECK := $(TOOLS)/govulncheck-v1.9.0
security: $(GOVULNCHECK) ## known faults of what is built in: govulncheck, npm audit
	deploy/security.sh $(GOVULNCHECK)

$(GOVULNCHECK):
	@mkdir -p $(TOOLS)
	GOBIN=$(TOOLS) go install golang.org/x/vuln/cmd/govulncheck@v1.9.0
	mv $(TOOLS)/govulncheck $@

test-web: web ## units, and what is loaded first against its budget; lint and types are checked by lint and build
	cd web && npm run unit && npm run budget

documents: ## papers of meetings opened by LibreOffice, poppler and a foreign calendar; heavy, so last
	deploy/test-tools.sh documents
	DIEMCAU_TEST_DOCUMENTS=1 go test -count 1 ./meeting/document/... ./meeting/letter
	DIEMCAU_TEST_DOCUMENTS=1 go test -count 1 -run TestTheBriefingIsHeld ./internal/integration

shows: web ## the figures that the meeting's rules are asked for, in full: a hundred acts, 140 points, a bridge killed 20 times; minutes
	DIEMCAU_TEST_ACTS=100 go test -count 1 -v -run 'CON04_TheFloorChanges|CON02_AHostileClient' $(INTEGRATION)
	DIEMCAU_TEST_POINTS=140 DIEMCAU_TEST_SECONDS=60 go test -count 1 -v -run 'WhatTheStateCosts' $(INTEGRATION)
	DIEMCAU_TEST_KILLS=20 go test -count 1 -v -run 'AKilledBridgeLosesNoAct' $(INTEGRATION)

# Types of the API for the web application; a Go test and a web test fail while
# document, types and API differ.
types: web/openapi/node_modules/.package-lock.json ## web/src/api/schema.d.ts from the API as it is
	go test -count 1 -run TheWebApplicationKnows ./cmd/diemcau/bridge -write-openapi
	cd web/openapi && npm run -s types

web/openapi/node_modules/.package-lock.json: web/openapi/package-lock.json
	cd web/openapi && npm ci --no-audit --no-fund
	@touch $@

internal/e2e/node_modules/.package-lock.json: internal/e2e/package-lock.json
	cd internal/e2e && npm ci --no-audit --no-fund
	@touch $@

PLAY ?= 600
SEEKS ?= 50
measure-replay: build internal/e2e/node_modules/.package-lock.json ## the player (P9) with a generated recording of three hours, PLAY seconds at each speed; 25 minutes, or `PLAY=60` in seven
	archive=$$(mktemp -d) && trap 'rm -rf "$$archive"' EXIT && \
	  DIEMCAU_GENERATE=$$archive DIEMCAU_GENERATE_SECONDS=10800 go test -count 1 -run TestGenerateAnArchive ./recording/replay && \
	  cd internal/e2e && npx esbuild measure-replay.ts --bundle --platform=node --format=esm --packages=external --outfile=.measure-replay.mjs && \
	  MIX=1 PLAY=$(PLAY) SEEKS=$(SEEKS) ARCHIVE=$$archive node .measure-replay.mjs

measure-join: build internal/e2e/node_modules/.package-lock.json ## from the click to the first picture with the stock client (P3); beside a peer with PEER=ws://…
	cd internal/e2e && npx esbuild measure-join.ts --bundle --platform=node --format=esm --packages=external --outfile=.measure-join.mjs && node .measure-join.mjs

# `make test` has the same tests with fewer kills and cuts, and a shorter meeting.
recordings: build internal/e2e/node_modules/.package-lock.json ## recordings at full length: 20 kills, 200 cuts, two minutes in browsers; ten minutes
	DIEMCAU_TEST_KILLS=20 DIEMCAU_TEST_CUTS=200 go test -count 1 -timeout 20m -run ARC02_A -v ./recording/recorder
	DIEMCAU_TEST_KILLS=20 go test -count 1 -timeout 20m -run ARC02_AKilledBridge -v $(INTEGRATION)
	cd internal/e2e && RECORDING_SECONDS=120 npx playwright test --project judging -g ARC-02 recording.spec.ts

RUN ?= 10m
ROUNDS ?= 3
measure-recording: build ## what recording costs (P8, P4), on a quiet machine: two hours, or `RUN=1m ROUNDS=2` in ten minutes
	bin/diemload recording --server bin/diemcau --duration $(RUN) --rounds $(ROUNDS)

E2E := cd internal/e2e && npx playwright test
e2e: e2e-waiting e2e-judging ## the whole bridge in a real browser

e2e-waiting: build internal/e2e/node_modules/.package-lock.json
	cd internal/e2e && npx tsc --noEmit -p .
	$(E2E) --project compat --project app --project whole

e2e-judging: build internal/e2e/node_modules/.package-lock.json
	$(E2E) --project judging

bench: build ## the figures of docs/performance.md
	go test -run '^$$' -bench . -benchmem ./sfu/...
	bin/diemload bench --server bin/diemcau

bench-search: ## the archive's search at ten thousand meetings and a million passages on SQLite and PostgreSQL; minutes
	DIEMCAU_BENCH_MEETINGS=10000 go test ./meeting/store -run '^$$' -bench FindRecordings -benchtime 20x -timeout 60m -v
	DIEMCAU_BENCH_MEETINGS=10000 deploy/test-postgres.sh go test ./meeting/store -run '^$$' -bench FindRecordings -benchtime 20x -timeout 60m -v

DURATION ?= 30m
soak: build ## points coming and going for DURATION; fails when the bridge keeps something
	bin/diemload soak --server bin/diemcau --duration $(DURATION)

FUZZTIME ?= 20s
fuzz: ## every fuzz target for FUZZTIME
	@set -e; for p in $$(grep -rl --include='*_test.go' '^func Fuzz' . --exclude-dir=node_modules | xargs -n1 dirname | sort -u); do \
	  for f in $$(grep -h '^func Fuzz' $$p/*_test.go | sed 's/func \(Fuzz[A-Za-z0-9_]*\).*/\1/'); do \
	    echo "$$p $$f"; go test -run '^$$' -fuzz "^$$f$$" -fuzztime $(FUZZTIME) $$p; done; done

bundle: web ## signed bundle and Debian package for machines without internet, in bundle/
	deploy/bundle/build.sh

deploy-check: ## what deploy/ holds, by the programs it is meant for; apt-get and root: see the script
	deploy/check.sh

fmt:
	gofmt -w $(GO_DIRS)

clean:
	rm -rf bin web/dist/assets web/dist/index.html
