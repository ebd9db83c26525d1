# Two commands for a fresh machine: `make demo` and `make test`. Both set up everything they need first.

PYTHON ?= python3
VENV := .venv
ifeq ($(OS),Windows_NT)
BIN := $(VENV)/Scripts
else
BIN := $(VENV)/bin
endif
READY := $(VENV)/.ready

.PHONY: demo test lint types contracts check bench bench-live accuracy accuracy-docs clean

demo: $(READY)
	$(BIN)/formcheck models pull full
	$(BIN)/formcheck demo

test: $(READY)
	for model in lite full browser; do $(BIN)/formcheck models pull $$model; done
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

# Live: window and pages against the barest loops, and the memory of half an hour. Needs Xvfb and Chromium; 40 minutes.
bench-live: $(READY)
	for part in lite full browser; do $(BIN)/formcheck models pull $$part; done
	$(BIN)/python -m benchmarks.live_latency
	$(BIN)/python benchmarks/live_soak.py set
	$(BIN)/python benchmarks/live_soak.py server

# make accuracy DATA=folder: how right formcheck is on films and labelled tables, held against docs/accuracy.json.
accuracy: $(READY)
	for model in lite full heavy; do $(BIN)/formcheck models pull $$model; done
	$(BIN)/formcheck eval --data $(or $(DATA),.) --compare docs/accuracy.json

accuracy-docs: $(READY)
	for model in lite full heavy; do $(BIN)/formcheck models pull $$model; done
	$(BIN)/formcheck eval --data $(or $(DATA),.) --out docs

$(READY): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[dev]"
	touch $(READY)

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
