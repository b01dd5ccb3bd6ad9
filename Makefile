# CI and developers run the same targets. They need only Python 3.11 or newer and make.
PYTHON ?= python3
VENV ?= .venv
PEERS := $(VENV)-peers
BIN := $(VENV)/bin
PIP_INSTALL := install --quiet --disable-pip-version-check --constraint constraints.txt
# The wheel differs from the sources only in what is packaged, which these tests read.
WHEEL_TESTS := tests/test_api.py tests/test_import.py tests/test_pickling.py $(addprefix tests/,\
	cli confidence examples movement_report pages prompts report review schemas)
PYTEST_OPTIONS ?= --quiet --numprocesses auto --dist worksteal

.PHONY: help demo test lint format site wheel test-wheel bench chaos conformance fuzz mutants licences clean

help:            ## List the targets
	@grep -E '^[a-z-]+: .*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/\t/'

demo: $(VENV)/.installed   ## Extract the five packaged articles from recorded answers and print the records
	$(BIN)/antq-llm demo --out out

test: $(VENV)/.tests   ## Run all tests, in parallel
	$(BIN)/python -m pytest $(PYTEST_OPTIONS)

lint: $(VENV)/.dev   ## Run ruff, mypy and import-linter, and check the prompts and schemas
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/yamllint --strict deploy
	$(BIN)/hadolint deploy/Containerfile
	$(BIN)/kubernetes-validate --strict --quiet deploy/kubernetes.yaml
	$(BIN)/antq-llm prompts check
	$(BIN)/antq-llm schemas check

format: $(VENV)/.dev   ## Format the code and fix what ruff can fix
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

site: $(VENV)/.tests   ## Build the manual into build/site
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --quiet --strict

wheel: $(VENV)/.dev   ## Build the wheel into dist/
	rm -rf dist
	$(BIN)/python -m build --wheel --outdir dist . >/dev/null

test-wheel: wheel   ## Install the wheel into a new environment, then run the demo and the tests of packaged files there
	rm -rf $(VENV)-wheel build/empty && mkdir -p build/empty
	$(PYTHON) -m venv $(VENV)-wheel
	$(VENV)-wheel/bin/pip $(PIP_INSTALL) dist/*.whl
	cd build/empty && $(CURDIR)/$(VENV)-wheel/bin/antq-llm demo --out out && test $$(wc -l < out/records.jsonl) -eq 5
	$(VENV)-wheel/bin/pip $(PIP_INSTALL) "antq-llm[test] @ file://$$(ls $(CURDIR)/dist/*.whl)"
	TEST_INSTALLED_WHEEL=1 $(VENV)-wheel/bin/python -m pytest $(PYTEST_OPTIONS) -m "not slow" $(WHEEL_TESTS)

bench: $(VENV)/.tests $(PEERS)/sdk/.installed $(PEERS)/agents/.installed   ## Run the benchmarks (about 20 minutes)
	$(BIN)/python bench/bench_start.py
	$(BIN)/python bench/bench_evidence.py
	$(BIN)/python bench/bench_hostile.py --largest 64000
	$(BIN)/python bench/bench_scoring.py
	$(BIN)/python bench/bench_pace.py
	$(BIN)/python bench/bench_clients.py
	$(BIN)/python bench/bench_size.py
	$(BIN)/python bench/bench_processes.py
	$(BIN)/python bench/bench_report.py

chaos: $(VENV)/.tests   ## Extract 5,000 articles from a server with random faults, and with kills (several minutes)
	$(BIN)/python tests/tools/chaos.py

conformance: $(VENV)/.tests   ## Install third-party servers and test the client against them (several minutes)
	$(BIN)/python tests/tools/conformance.py

fuzz: $(VENV)/.tests   ## Look for random inputs that make the parsers fail (several minutes)
	$(BIN)/python -m pytest $(PYTEST_OPTIONS) --hypothesis-profile fuzz tests/scenarios/test_fuzzing.py

MUTANTS ?= 400
SEED ?= 2026
WORKERS ?= 1
mutants: $(VENV)/.dev   ## Run the tests against MUTANTS random changes of the code (about an hour)
	nice -n 19 $(BIN)/python tests/tools/mutants.py --sample $(MUTANTS) --seed $(SEED) --workers $(WORKERS)

licences: $(VENV)/.tests   ## List the licences of all dependencies
	$(BIN)/python tests/tools/licences.py export

clean:           ## Remove environments, build results and caches
	rm -rf $(VENV) $(VENV)-wheel $(PEERS) build dist out .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; run make PYTHON=python3.11 …")'
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

# The libraries that the benchmarks compare with, in two environments because their SDK versions
# conflict.
$(PEERS)/%/.installed: bench/peers/%.requirements.txt bench/peers/%.constraints.txt
	$(PYTHON) -m venv $(PEERS)/$*
	$(PEERS)/$*/bin/pip install --quiet --disable-pip-version-check --requirement bench/peers/$*.requirements.txt --constraint bench/peers/$*.constraints.txt
	touch $@
