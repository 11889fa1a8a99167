# Every target sets up what it needs; a second call costs nothing. Needed on the machine: Python 3.11+, Node 20+.

SHELL := /usr/bin/env bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= $(or $(shell command -v python3.11),python3)
BIN := .venv/bin
ASSETS := chainviz/static/assets.js
export PYTHON
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PYRIGHT_PYTHON_IGNORE_WARNINGS := 1

help: ## this list
	@grep -E '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

# --- set up --------------------------------------------------------------------------------------------------------

setup: .venv/.stamp build ## the Python environment in .venv, the front end's packages, the bundle

build: $(ASSETS) ## the JavaScript bundle in chainviz/static

.venv/.stamp: pyproject.toml constraints.txt
	tools/system-packages.sh venv
	$(PYTHON) -m venv .venv
	$(BIN)/pip install -qq --constraint constraints.txt --editable '.[dev]'
	touch $@

# Not `npm ci`: it refuses a lock that lacks the binaries of other platforms, which not every registry has.
js/node_modules/.stamp: js/package.json js/package-lock.json
	cd js && npm install --no-save --no-audit --no-fund --loglevel=error
	touch $@

$(ASSETS): js/node_modules/.stamp $(wildcard js/*.mjs) $(shell find js/src -type f 2>/dev/null)
	cd js && npm run --silent build

system: ## Chromium, Graphviz and a font, by apt where they are missing
	tools/system-packages.sh chromium graphviz font

# --- check ---------------------------------------------------------------------------------------------------------

test: system ## everything: lint, types, front end, Python, wheel, end to end
	@$(MAKE) --no-print-directory --jobs=2 setup
	@$(MAKE) --no-print-directory --jobs=2 --output-sync lint check-js test-core test-rest
	@$(MAKE) --no-print-directory e2e

lint: .venv/.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright

check-js: .venv/.stamp build
	cd js && PYTHON=$(CURDIR)/$(BIN)/python npm run --silent types -- --check
	cd js && npm run --silent check
	cd js && npm run --silent test

# Halves of the tests without a browser, one for each core.
CORE := tests/conformance tests/runnables

test-core: setup
	$(BIN)/pytest $(CORE)

test-rest: setup
	$(BIN)/pytest $(CORE:%=--ignore=%) --ignore=tests/e2e

unit: setup ## the Python tests without browser and wheel: the quick ones
	$(BIN)/pytest --ignore=tests/e2e --ignore=tests/test_wheel.py

fuzz: setup ## random chains at length: 10,000 in each mode of running them, for what must always hold
	CHAINVIZ_FUZZ=10000 $(BIN)/pytest --timeout=0 tests/runnables/test_invariants.py

# Two servers with a page each: such a test waits more than it computes.
e2e: setup system ## the end-to-end tests alone
	$(BIN)/pytest --numprocesses=2 --dist=loadfile tests/e2e

bench: setup ## what the core's parts cost, beside the reference and the limit
	$(BIN)/python -m tests.bench

bench-ui: setup system ## what the wire and the page cost in a real JupyterLab
	$(BIN)/python -m tests.bench.ui

# --- show ----------------------------------------------------------------------------------------------------------

demo: setup ## run notebooks/quickstart.ipynb and write build/demo/quickstart.html
	@$(BIN)/python tools/demo.py

lab: setup ## JupyterLab on the notebooks
	$(BIN)/jupyter lab --notebook-dir=notebooks $(if $(filter 0,$(shell id -u)),--allow-root)

notebooks: setup ## run the notebooks anew and save their outputs in them
	$(BIN)/python tools/save_notebooks.py

screenshots: setup system ## pictures of every view, from the end-to-end run, in build/screenshots
	$(BIN)/pytest tests/e2e/test_pictures.py

gif: screenshots ## the README's moving picture, from the same run
	$(BIN)/python tools/moving_picture.py

wheel: build .venv/.stamp ## a wheel in dist, with the JavaScript inside
	$(BIN)/pip wheel -qq --no-deps --wheel-dir dist .

clean: ## remove all that was built or installed here
	rm -rf .venv js/node_modules build dist chainviz/static/*.js

.PHONY: help setup build system test lint check-js test-core test-rest unit fuzz e2e bench bench-ui demo lab notebooks screenshots gif wheel clean
