# Two commands lead: `make up` and `make test`. Each target sets up what it needs.
PYTHON ?= python3
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help up down test check format lock schemas install install-dev

help: ## Show these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

up: install ## Bring the sandbox up: eleven services on a real Kubernetes control plane
	@$(BIN)/flotilla up

down: install ## Remove the sandbox: stack, control planes, processes
	@$(BIN)/flotilla down

test: install-dev ## Run every test, the engine tests included
	@$(BIN)/flotilla engine
	@FLOTILLA_REQUIRE_ENGINE=1 $(BIN)/pytest

check: install-dev ## Format, lint, types, import rules, links, generated files
	@scripts/check

format: install-dev ## Format the code
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

schemas: install-dev ## Generate the JSON Schemas and the reference from the types
	@$(BIN)/python -m components.schemas && $(BIN)/python scripts/reference.py
	@$(BIN)/python scripts/component_reference.py && $(BIN)/python scripts/services_page.py
	@$(BIN)/python scripts/online_boutique_page.py

lock: install-dev ## Resolve requirements*.txt anew into the lock files
	@scripts/lock

install:
	@$(PYTHON) scripts/install.py

install-dev:
	@$(PYTHON) scripts/install.py --dev
