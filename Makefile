# One command each; `make help` lists them. Windows, or no make: the README has the plain commands.

# The first Python on the PATH that is new enough.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV ?= .venv
BENCH_VENV ?= $(VENV)/bench
# Two workers halve the time of the tests on two cores; more only help on more.
WORKERS ?= 2
PORT ?= 8501
RUNS ?= 20

BIN := $(VENV)/bin
PIP_INSTALL := -m pip install --disable-pip-version-check --quiet
# Pyright is pinned, so its word about newer versions is noise.
export PYRIGHT_PYTHON_IGNORE_WARNINGS := 1

.PHONY: help run test contract mutate soak lint bench parity browser clean
.DEFAULT_GOAL := help

help:  ## this list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(firstword $(MAKEFILE_LIST)) | expand -t 10

run: $(VENV)/.ready  ## start the app (PORT=8501)
	$(BIN)/streamlit run app.py --server.port $(PORT)

test: $(VENV)/.ready-dev browser  ## all tests, the browser's included (WORKERS=2)
	$(BIN)/python -m pytest -n $(WORKERS) $(ARGS)

soak: $(VENV)/.ready-dev browser  ## the browser's tests many times (RUNS=20, BUSY=1 beside busy cores)
	$(BIN)/python -m tools.soak --runs $(RUNS) --workers $(WORKERS) $(if $(BUSY),--busy) -- $(ARGS)

contract: $(VENV)/.ready-dev  ## what holds for each item of a registry, for one (NAME=huber)
	@test -n "$(NAME)" || { echo "Of which item? make contract NAME=huber" >&2; exit 1; }
	$(BIN)/python -m pytest tests --ignore=tests/browser -k "$(NAME) or shipped" $(ARGS)

mutate: $(VENV)/.ready-dev  ## plant the faults of tests/faults.toml, and see that a test sees each
	$(BIN)/python -m tools.mutate $(ARGS)

lint: $(VENV)/.ready-dev  ## format, ruff and pyright
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/pyright --pythonpath $(BIN)/python

bench: $(BENCH_VENV)/.ready browser  ## speed: ratios of two things measured in one run
	$(BENCH_VENV)/bin/python -m benchmarks

parity: $(BENCH_VENV)/.ready  ## values and gradients against PyTorch, Keras and Optax
	$(BENCH_VENV)/bin/python -m pytest -m parity $(ARGS)

browser: $(VENV)/.ready-dev  ## find a Chromium or Chrome for the tests, or fetch one
	@$(BIN)/python -m tools.browser

clean:  ## remove the environments and what was built
	rm -rf $(VENV) $(BENCH_VENV) build dist

define make_venv
	@test -n "$(PYTHON)" || { echo "LossViz needs Python 3.11 or newer on the PATH (or: make PYTHON=...)" >&2; exit 1; }
	@test -x $(1)/bin/python || $(PYTHON) -m venv $(1) || { rm -rf $(1); \
		echo "$(PYTHON) cannot make an environment; on Debian or Ubuntu: apt-get install python3-venv" >&2; exit 1; }
endef

# The stamps are newer than what they installed, so nothing is installed twice.
$(VENV)/.ready: requirements.txt constraints.txt
	$(call make_venv,$(VENV))
	$(BIN)/python $(PIP_INSTALL) -r requirements.txt
	@touch $@

$(VENV)/.ready-dev: requirements-dev.txt $(VENV)/.ready
	$(BIN)/python $(PIP_INSTALL) -r requirements-dev.txt
	@touch $@

$(BENCH_VENV)/.ready: benchmarks/requirements.txt requirements-dev.txt requirements.txt constraints.txt
	$(call make_venv,$(BENCH_VENV))
	$(BENCH_VENV)/bin/python $(PIP_INSTALL) -r benchmarks/requirements.txt
	@touch $@
