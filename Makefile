# Two commands for a fresh machine: `make demo` and `make test`. Both set up everything they need first.

PYTHON ?= python3
VENV := .venv
ifeq ($(OS),Windows_NT)
BIN := $(VENV)/Scripts
else
BIN := $(VENV)/bin
endif
READY := $(VENV)/.ready

.PHONY: demo test lint types contracts check bench clean

demo: $(READY)
	$(BIN)/formcheck models pull full
	$(BIN)/formcheck demo

test: $(READY)
	$(BIN)/formcheck models pull full
	$(BIN)/python -m pytest

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY)
	$(BIN)/mypy

contracts: $(READY)
	$(BIN)/lint-imports

check: test lint types contracts

bench: $(READY)
	$(BIN)/formcheck models pull full
	$(BIN)/python benchmarks/analyze_speed.py
	$(BIN)/python benchmarks/engine_speed.py

$(READY): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[dev]"
	touch $(READY)

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
