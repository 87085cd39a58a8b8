# Two commands are enough on a fresh machine: `make demo` to look around, `make test` to be sure.
# All of them first make .venv and node_modules from the lock files (`make setup`).
SHELL := /bin/sh
PORT ?= 8000
# The first interpreter that is new enough; name another with `make PYTHON=...`.
PYTHON ?= $(shell for p in python3 python3.12 python3.11 python3.13; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && exit; \
	done; echo python3)
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help setup

help: ## list the commands
	@sed -n 's/^\([a-z-]*\):.*## /  make \1: /p' Makefile

setup: ## make .venv and node_modules from the lock files
	@$(PYTHON) -m config.running.setup
