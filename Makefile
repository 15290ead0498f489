# Everything a developer or a curious visitor runs. `make` alone lists the targets.

VENV ?= .venv
# The first Python that is there and runs; the requirements are tested on 3.11 and 3.13.
PYTHON ?= $(shell for python in python3.11 python3.12 python3.13 python3; do \
	$$python -c '' 2>/dev/null && echo $$python && break; done)
PY := $(VENV)/bin/python
# Which tests `make test-sqlite` runs; all if not given.
TESTS ?=
# Tests wait a third of the time, for browsers, servers and processes of their own: three share two cores.
WORKERS ?= $(shell cores=$$(getconf _NPROCESSORS_ONLN); echo $$(( (3 * cores + 1) / 2 )))
PYTEST := $(PY) -m pytest -n $(WORKERS) --dist worksteal
INSTALL := $(PY) -m pip install --quiet --disable-pip-version-check --require-hashes
# Only the package index itself decides what the pinned files say, not what a machine's pip is configured with.
COMPILE := env -u PIP_FIND_LINKS -u PIP_EXTRA_INDEX_URL PIP_CONFIG_FILE=/dev/null \
	CUSTOM_COMPILE_COMMAND="make requirements" $(abspath $(VENV))/bin/pip-compile --quiet --generate-hashes \
	--strip-extras --allow-unsafe --no-emit-index-url --no-emit-trusted-host --no-emit-find-links

.DEFAULT_GOAL := help
.PHONY: help demo run stack test test-sqlite test-fleet test-postgres chaos check format bench requirements db-postgres broker \
	clean

help: ## list the targets
	@sed -nE 's/^([a-z-]+):.*## (.*)/make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

demo: $(VENV)/.runtime ## simulate the bundled events, one of them 500,000 times, and show what came out
	@$(PY) manage.py demo

run: $(VENV)/.runtime ## serve the admin, where events are edited, on http://127.0.0.1:8000
	@$(PY) manage.py migrate --verbosity 0
	@$(PY) manage.py load_event --bundled --missing
	@$(PY) manage.py create_first_account
	@$(PY) manage.py runserver 127.0.0.1:8000

stack: $(VENV)/.runtime ## run the web application, workers and Flower on this machine's PostgreSQL and RabbitMQ
	@$(PY) -m docker.native

test: test-sqlite test-fleet test-postgres ## run all tests, then the database tests again on PostgreSQL

test-sqlite: $(VENV)/.dev ## run all tests but those of the fleet on SQLite
	$(PYTEST) -m "not fleet" $(TESTS)

# Apart and three at a time: they judge how soon something is healed, on servers and with workers of their own,
# and wait half of the time.
test-fleet: $(VENV)/.dev ## run the tests that kill, stop and starve workers, brokers and databases
	$(PY) -m pytest -m fleet -n 3 --dist worksteal tests/fleet

test-postgres: $(VENV)/.dev ## run the database tests on PostgreSQL, if one answers
	$(PY) -m tests.on_postgresql -n $(WORKERS) --dist worksteal

chaos: $(VENV)/.dev ## kill and restart workers at random for ten minutes, and check what comes out
	$(PYTEST) -n 0 tests/fleet/test_chaos.py --chaos-s 600

check: $(VENV)/.dev ## everything CI checks: format, lint, types, imports, migrations, tests
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy .
	$(VENV)/bin/lint-imports
	$(PY) manage.py makemigrations --check
	$(MAKE) test

format: $(VENV)/.dev ## bring the code into its format
	$(VENV)/bin/ruff format .
	$(VENV)/bin/ruff check --fix .

bench: $(VENV)/.runtime ## measure how fast the engine is
	$(PY) -m benchmarks.engine

requirements: $(VENV)/.dev ## pin the requirements anew (UPGRADE=--upgrade takes the newest versions)
	cd requirements && $(COMPILE) $(UPGRADE) --output-file runtime.txt runtime.in
	cd requirements && $(COMPILE) $(UPGRADE) --output-file dev.txt dev.in

db-postgres: ## start a PostgreSQL for the tests in Docker; Ctrl-C stops and forgets it
	docker run --rm --publish 127.0.0.1:5432:5432 --env POSTGRES_HOST_AUTH_METHOD=trust postgres:17

broker: ## start a RabbitMQ for development in Docker; Ctrl-C stops and forgets it
	docker run --rm --publish 127.0.0.1:5672:5672 --publish 127.0.0.1:15672:15672 \
		--volume $(CURDIR)/docker/rabbitmq.conf:/etc/rabbitmq/conf.d/90-bingosim.conf:ro rabbitmq:4.3-management

clean: ## remove what make made, but no database and no key
	rm -rf .venv .venv-* .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamps say what is installed, so that a second call installs nothing.
$(VENV)/.runtime: requirements/runtime.txt | $(VENV)/bin/python
	@echo "Installing what BingoSim needs into $(VENV) (once, about a minute)"
	@$(INSTALL) -r requirements/runtime.txt
	@touch $@

$(VENV)/.dev: requirements/dev.txt requirements/runtime.txt | $(VENV)/bin/python
	@echo "Installing what developing needs into $(VENV) (once, about two minutes)"
	@$(INSTALL) -r requirements/dev.txt
	@touch $@ $(VENV)/.runtime

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "No Python found: install Python 3.11, 3.12 or 3.13." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || { \
		echo "BingoSim needs Python 3.11, 3.12 or 3.13, and $(PYTHON) is `$(PYTHON) -V`:" \
		"install one, or name one with PYTHON=/path/to/python3.11." >&2; exit 1; }
	@# A half-made one (Debian keeps ensurepip in python3-venv) would pass for whole the next time.
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }
