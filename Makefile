# Everything a person or CI asks for. `make help` lists it; launch/ does the work.
# PORT=8123 and VAR_DIR=somewhere given to make reach every command as settings.

PYTHON ?= python3
UV_VERSION := $(shell sed -n 's/^UV = "\(uv==[^"]*\)".*/\1/p' launch/packages.py)
BIN := .venv/bin
APPS := accounts catalog config deployments launch
SOURCES := accounts catalog config deployments launch tests audits manage.py $(wildcard benchmarks)

.DEFAULT_GOAL := help
.PHONY: help run setup test check audit format golden lock openapi

help:  ## Say what can be asked for
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 26
	@echo "Settings: PORT=8123, VAR_DIR=somewhere, PYTHON=python3.12; docs/running.md has the others."

run:  ## Set everything up and open the catalog on http://127.0.0.1:8000/
	@$(PYTHON) -m launch run

setup:  ## Set up everything that running and testing need
	@$(PYTHON) -m launch setup

# Where tests wait for processes that they started, while others need the cores.
WAITING := tests/launch tests/browser tests/deployments
test: setup  ## Run the tests on SQLite and, side by side, those that it may decide on PostgreSQL
	@said=$$(mktemp -d); \
	$(BIN)/python -m pytest --database=postgresql > $$said/postgresql 2>&1 & first=$$!; \
	$(BIN)/python -m pytest --database=sqlite $(WAITING) > $$said/waiting 2>&1 & second=$$!; \
	trap "kill $$first $$second 2> /dev/null; rm -rf $$said" EXIT; \
	echo "On SQLite (what the two others say follows):"; \
	$(BIN)/python -m pytest --database=sqlite $(WAITING:%=--ignore=%); status=$$?; \
	wait $$second || status=1; \
	echo "On SQLite, with processes of their own:"; cat $$said/waiting; \
	wait $$first || status=1; \
	echo "On PostgreSQL:"; cat $$said/postgresql; exit $$status

golden: setup  ## Write the golden files of the graded searches anew; look at the diff
	$(BIN)/python -m pytest tests/relevance --write-golden

check: setup  ## Format, lint, types, templates, migrations, API contract, then the tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/bandit --quiet --configfile pyproject.toml --recursive $(APPS) 2> /dev/null
	$(BIN)/mypy
	$(BIN)/djlint --quiet --lint templates
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(SPECTACULAR) --file .venv/openapi.json && diff -u openapi.json .venv/openapi.json
	$(MAKE) --no-print-directory test

audit: setup  ## Attack a running Slipway from outside: the contract, the headers, the settings
	$(BIN)/python -m pytest audits

format: setup  ## Bring the code into shape
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

openapi: setup  ## Write openapi.json anew from the code
	$(SPECTACULAR) --file openapi.json

lock: setup  ## Pin, with hashes, all that requirements.txt and requirements-dev.txt bring along
	$(BIN)/python -m pip install --quiet $(UV_VERSION)
	$(LOCK) requirements.txt --output-file requirements.lock
	$(LOCK) requirements-dev.txt --constraints requirements.lock --output-file requirements-dev.lock

SPECTACULAR := $(BIN)/python manage.py spectacular --validate --fail-on-warn --format openapi-json
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-annotate --custom-compile-command "make lock"
