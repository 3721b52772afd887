# Every target works on a machine with Go, Node.js with npm, make and git: no AWS
# account, no Pulumi installation, no cluster.
STACK ?= dev
TO    ?=
ARGS  ?=
GO    ?= go
BIN   := .tools/bin

.DEFAULT_GOAL := help
.PHONY: help preview up destroy ip-plan charts upgrade-plan test check docs bench tools lint-tools fmt

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  \1\t\2/p' Makefile | expand -t 16
	@echo "  STACK=dev is the default; the stacks are $(patsubst Pulumi.%.yaml,%,$(wildcard Pulumi.*.yaml))."

preview: $(BIN)/offline ## plan STACK on the real Pulumi engine, AWS simulated (ARGS="--diff", "--json FILE")
	@$(BIN)/offline preview --stack $(STACK) $(ARGS)

up: $(BIN)/offline ## apply STACK to a simulated account, kept in .offline
	@$(BIN)/offline up --stack $(STACK) $(ARGS)

destroy: $(BIN)/offline ## remove STACK from the simulated account
	@$(BIN)/offline destroy --stack $(STACK) $(ARGS)

ip-plan: $(BIN)/offline ## print what addresses STACK has and needs (ARGS=--json)
	@$(BIN)/offline ip-plan --stack $(STACK) $(ARGS)

upgrade-plan: $(BIN)/offline ## print the steps of STACK to Kubernetes TO, and what blocks them (TO=1.36, ARGS=--json)
	@$(BIN)/offline upgrade-plan --stack $(STACK) --to "$(TO)" $(ARGS)

charts: ## download the Helm charts and check them (ARGS="--mirror URL", names of charts)
	@$(GO) run ./offline charts $(ARGS)

test: tools ## run all tests
	$(GO) test ./...
	cd tests/types && $(GO) test ./...

check: lint-tools ## formatting, vet, lint, generated documents
	@test -z "$$($(GO)fmt -l $$(git ls-files '*.go'))" || { echo "not formatted: run 'make fmt'"; $(GO)fmt -l $$(git ls-files '*.go'); exit 1; }
	$(GO) vet ./...
	$(BIN)/golangci-lint run ./...
	$(GO) run ./docs/gen -check
	$(GO) test ./policies/rules -run Readme

docs: ## write the generated documents
	$(GO) run ./docs/gen
	$(GO) test ./policies/rules -run Readme -update
	$(GO) test ./components/ipplan ./offline -run Docs -update

fmt: ## format the Go sources
	$(GO)fmt -w $$(git ls-files '*.go')

bench: tools ## measure what docs/benchmarks.md says
	@tests/bench.sh

tools: ## build and install the offline tools, once
	@tools/install.sh engine

lint-tools:
	@tools/install.sh lint

.PHONY: $(BIN)/offline
$(BIN)/offline: tools
	@tools/install.sh offline
