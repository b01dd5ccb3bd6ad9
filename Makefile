# What CI runs, and what a person runs, are the same targets. Only Python 3.11 or newer and make are needed.
PYTHON ?= python3
VENV ?= .venv
PEERS := $(VENV)-peers
BIN := $(VENV)/bin
PIP_INSTALL := install --quiet --disable-pip-version-check --constraint constraints.txt

.PHONY: help demo test lint format wheel test-wheel bench clean

help:            ## Say what the targets do
	@grep -E '^[a-z-]+: .*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/\t/'

demo: $(VENV)/.installed   ## Make the environment, extract the five seed articles offline, print what was found
	$(BIN)/antq-llm demo --out out

test: $(VENV)/.tests   ## Make the environment and pass the tests
	$(BIN)/python -m pytest -q

lint: $(VENV)/.dev   ## Ruff, mypy, the layers, prompts and schemas
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/antq-llm prompts check
	$(BIN)/antq-llm schemas check

format: $(VENV)/.dev   ## Put the code into the house's form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

wheel: $(VENV)/.dev   ## Build the wheel into dist/
	rm -rf dist
	$(BIN)/python -m build --wheel --outdir dist . >/dev/null

test-wheel: wheel   ## Install the wheel into empty environments; run the demo from an empty folder, and the tests against it
	rm -rf $(VENV)-wheel build/empty && mkdir -p build/empty
	$(PYTHON) -m venv $(VENV)-wheel
	$(VENV)-wheel/bin/pip $(PIP_INSTALL) dist/*.whl
	cd build/empty && $(CURDIR)/$(VENV)-wheel/bin/antq-llm demo --out out && test $$(wc -l < out/records.jsonl) -eq 5
	$(VENV)-wheel/bin/pip $(PIP_INSTALL) "antq-llm[test] @ file://$$(ls $(CURDIR)/dist/*.whl)"
	ANTQ_LLM_TEST_WHEEL=1 $(VENV)-wheel/bin/python -m pytest -q

bench: $(VENV)/.tests $(PEERS)/sdk/.installed $(PEERS)/agents/.installed   ## Measure, some 20 minutes: start, evidence, scoring, pace, beside others, 100,000 articles
	$(BIN)/python bench/bench_start.py
	$(BIN)/python bench/bench_evidence.py
	$(BIN)/python bench/bench_scoring.py
	$(BIN)/python bench/bench_pace.py
	$(BIN)/python bench/bench_clients.py
	$(BIN)/python bench/bench_size.py

clean:           ## Remove what the other targets made
	rm -rf $(VENV) $(VENV)-wheel $(PEERS) build dist out .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.11 …")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: $(VENV)/bin/python pyproject.toml constraints.txt
	$(BIN)/pip $(PIP_INSTALL) --editable .
	touch $@

$(VENV)/.tests: $(VENV)/bin/python pyproject.toml constraints.txt
	$(BIN)/pip $(PIP_INSTALL) --editable ".[test]"
	touch $@ $(VENV)/.installed

$(VENV)/.dev: $(VENV)/bin/python pyproject.toml constraints.txt
	$(BIN)/pip $(PIP_INSTALL) --editable ".[dev]"
	touch $@ $(VENV)/.tests $(VENV)/.installed

# The clients that bench/ measures this library beside: two environments, since they do not agree on the SDK.
$(PEERS)/%/.installed: bench/peers/%.requirements.txt bench/peers/%.constraints.txt
	$(PYTHON) -m venv $(PEERS)/$*
	$(PEERS)/$*/bin/pip install --quiet --disable-pip-version-check --requirement bench/peers/$*.requirements.txt --constraint bench/peers/$*.constraints.txt
	touch $@
