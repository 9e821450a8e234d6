# Needs Python >= 3.11 and make; the terminal tests need tmux. Everything else is installed into .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# One thread: two on a busy machine make tiny models five times slower. No network: nothing may depend on a hub.
QUIET := OMP_NUM_THREADS=1 HF_HUB_OFFLINE=1 HF_HUB_DISABLE_TELEMETRY=1

.PHONY: help install run test check demo bench clean

help:  ## what there is to do here
	@grep -E '^[a-z]+:.*##' Makefile | sed 's/:.*## /\t/'

install: $(VENV)/installed  ## makes .venv with everything that is needed

run: $(VENV)/installed  ## the wizard, in this terminal
	$(QUIET) $(BIN)/tunewright

test: $(VENV)/installed  ## everything that gates a change
	$(MAKE) check
	$(QUIET) $(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

check: $(VENV)/installed  ## style, types and the rules of the house
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

demo: $(VENV)/installed  ## the whole journey on the sample project, offline
	$(QUIET) $(BIN)/tunewright demo --headless

bench: $(VENV)/installed  ## measurements that inform and do not gate
	$(QUIET) $(BIN)/python -m tests.benchmarks

clean:  ## removes what make made
	rm -rf $(VENV) dist build

$(VENV)/installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python >= 3.11 is needed: make PYTHON=python3.11 test"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	PIP_CONSTRAINT=constraints.txt $(BIN)/pip install -q -e ".[train,dev]"
	touch $@
