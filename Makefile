# Two commands are enough on a fresh machine: `make demo` to look around, `make test` to be sure.
# All of them first make .venv and node_modules from the lock files (`make setup`).
SHELL := /bin/sh
PORT ?= 8000
# The first interpreter that is new enough; name another with `make PYTHON=...`.
PYTHON ?= $(shell for p in python3 python3.12 python3.11 python3.13; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && exit; \
	done; echo python3)
# A Python that was named and is another version makes a new .venv; a different default does not.
CHOSEN := $(if $(filter command environment,$(firstword $(origin PYTHON))),--chosen)
BIN := .venv/bin
WORKERS ?= 2
TESTS ?=
LOCK := --quiet --universal --python-version 3.11 --fork-strategy fewest --generate-hashes \
	--no-header --no-annotate

.DEFAULT_GOAL := help
.PHONY: help setup demo run test check bench stop lock

help: ## list the commands
	@sed -n 's/^\([a-z-]*\):.*## /  make \1: /p' Makefile

setup: ## make .venv and node_modules from the lock files
	@$(PYTHON) -m config.running.setup $(CHOSEN)

demo: setup ## start everything with something to show; Ctrl-C stops it (PORT=8000)
	@$(BIN)/python -m config.running.demo --made --port $(PORT)

run: setup ## the same without demo data, for a company of one's own
	@$(BIN)/python -m config.running.demo --made --empty --port $(PORT)

# Browser tests run where a Chromium is found; RECOUP_REQUIRE_BROWSER=1 makes its absence a failure.
test: setup ## run the whole suite (TESTS=path narrows it)
	@$(BIN)/python -m config.running.with_servers --in-memory \
		$(BIN)/pytest -n $(WORKERS) --dist worksteal $(TESTS)

check: setup ## lint, types, floors, templates, migrations, translations, production settings
	@$(BIN)/python -m config.running.with_servers $(BIN)/python -m config.running.check

bench: setup ## measure against baselines (BENCH_CASES, BENCH_ONLY)
	@$(BIN)/python -m config.running.with_servers $(BIN)/python manage.py bench

stop: ## stop embedded servers that an operator's command left running
	@$(BIN)/python manage.py servers --stop

# Needs the `uv` command; whoever only uses Recoup does not.
lock: ## choose newest packages for requirements*.lock and package-lock.json
	uv pip compile $(LOCK) --upgrade --extra embedded --extra dev pyproject.toml -o requirements.lock
	uv pip compile $(LOCK) -c requirements.lock pyproject.toml -o requirements-image.lock
	uv pip compile $(LOCK) --upgrade --group pyproject.toml:node -o requirements-node.lock
	npm update --package-lock-only --ignore-scripts
