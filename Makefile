# Courant: every chore is one word. `make help` lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
DEV_STAMP := $(VENV)/.installed-dev
PORT ?= 8000
JOBS ?= $(shell getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
# Compiled files are kept, whatever the shell says: without them each command takes seconds longer to start.
export PYTHONDONTWRITEBYTECODE =

.DEFAULT_GOAL := help
.PHONY: help setup demo test leak check bench bench-wall fmt css lock clean

help:
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## /  make \1\t/' | expand -t 20

setup: $(STAMP) ## install Courant and what it needs into .venv

# uv installs in seconds what pip installs in a minute; where it is not to be had, pip does the same.
$(STAMP): pyproject.toml requirements.lock
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv || true
	@if [ -x $(BIN)/uv ]; then $(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes -r requirements.lock \
	  && $(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps -e .; \
	else $(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock \
	  && $(BIN)/python -m pip install --quiet --no-deps -e .; fi
	@touch $@

$(DEV_STAMP): $(STAMP) requirements-dev.lock
	@if [ -x $(BIN)/uv ]; then $(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes -r requirements-dev.lock; \
	else $(BIN)/python -m pip install --quiet --require-hashes -r requirements-dev.lock; fi
	@touch $@

demo: setup ## build the demo paper once and serve it on http://127.0.0.1:8000 (PORT= overrides)
	@$(BIN)/courant demo --port $(PORT)

test: $(DEV_STAMP) ## run every check and every test, on SQLite and on PostgreSQL
	@sh tests/provide.sh
	@$(MAKE) --no-print-directory check
	$(BIN)/python -m pytest -q -n $(JOBS)
	$(BIN)/python -m pytest -q -n $(JOBS) --postgres -m "not anydb"

leak: $(DEV_STAMP) ## look for withheld text on every surface, in every disguise
	COURANT_LEAK=whole $(BIN)/python -m pytest -q tests/leak tests/stories/test_withheld.py

check: $(DEV_STAMP) ## ruff, import-linter, mypy
	$(BIN)/ruff check .
	$(BIN)/ruff format --check --quiet .
	$(BIN)/lint-imports
	$(BIN)/mypy

bench: $(DEV_STAMP) ## measure what the README's tables say
	$(BIN)/python -m bench

bench-wall: $(DEV_STAMP) ## measure gated reading against a static file, with wrk (BENCH="--seconds 3" for a short run)
	@sh tests/provide.sh
	$(BIN)/python -m bench.page_server $(BENCH)

fmt: $(DEV_STAMP) ## put code into its form
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format --quiet .

css: $(STAMP) ## join the parts of the theme's CSS and JavaScript into the files that are delivered
	$(BIN)/python scripts/join_css.py

lock: $(STAMP) ## resolve the newest allowed versions into the lock files (needs uv)
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-annotate --no-header pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-annotate --no-header --group dev pyproject.toml -c requirements.lock -o requirements-dev.lock

clean: ## remove what was installed and made, never the data directory
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
