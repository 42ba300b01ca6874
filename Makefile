.DEFAULT_GOAL := help

# .ci/run reads the version from here.
GOLANGCI_VERSION := v2.15.0
GOLANGCI := bin/golangci-lint-$(GOLANGCI_VERSION)
FUZZTIME ?= 1m
MODULES := $(patsubst %/go.mod,%,$(shell find . -name go.mod -not -path './.git/*'))

.PHONY: help test race lint bench fuzz proof tidy verify vuln

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

test: ## run the tests of all modules
	@set -e; for m in $(MODULES); do (cd $$m && go test ./...); done

race: ## run the tests under the race detector
	go test -race ./...

lint: $(GOLANGCI) ## run golangci-lint on all modules, as .golangci.yml says
	@set -e; for m in $(MODULES); do (cd $$m && $(CURDIR)/$(GOLANGCI) run --config $(CURDIR)/.golangci.yml ./...); done

$(GOLANGCI):
	GOBIN=$(CURDIR)/bin go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_VERSION)
	mv bin/golangci-lint $@

bench: ## run the benchmarks
	go run ./internal/bench

fuzz: ## run every fuzz target for FUZZTIME each (default 1m)
	@set -e; for p in $$(go list ./...); do \
		targets=$$(go test -list '^Fuzz' $$p); \
		for f in $$(echo "$$targets" | sed -n '/^Fuzz/p'); do \
			echo "$$p $$f"; go test -run '^$$' -fuzz "^$$f\$$" -fuzztime $(FUZZTIME) $$p; \
		done; \
	done

proof: ## run the long proofs: real processes killed, restarted, overloaded
	FRONTDESK_PROOF=1 go test -count=1 -timeout 90m -v ./examples/... ./store/jobs ./email ./storage/...

tidy: ## format, and tidy the go.mod of all modules
	gofmt -w .
	@set -e; for m in $(MODULES); do (cd $$m && go mod tidy); done

verify: ## check formatting, go.mod, go.sum and go vet, changing nothing
	@test -z "$$(gofmt -l . | tee /dev/stderr)"
	@set -e; for m in $(MODULES); do (cd $$m && go mod tidy -diff && go mod verify && go vet ./...); done

vuln: ## look for known vulnerabilities that the code reaches
	go run golang.org/x/vuln/cmd/govulncheck@latest ./...
