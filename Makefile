# zaizao: everything a person or a machine does with the checkout. Bare `make` lists the targets.
.DEFAULT_GOAL := help
.PHONY: help run test check format lint types arch docs wheel golden cover slow bench faults fuzz lock clean
.SUFFIXES:

PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$p" && break; done)
BIN := .venv/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_ROOT_USER_ACTION := ignore

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: .venv/.ready ## set up everything and run the main job: the before/after report of business start-up, in out/
	@$(BIN)/zaizao study business-start-up -o out

test: .venv/.dev ## set up everything and run the tests
	$(BIN)/pytest -n auto

check: format lint types arch docs wheel ## all but the tests: format, lint, types, layers, docs, wheel in a clean environment

format: .venv/.dev ## is the code formatted
	$(BIN)/ruff format --check .

lint: .venv/.dev ## is the code clean
	$(BIN)/ruff check .

types: .venv/.dev ## are the types right, strictly
	$(BIN)/mypy

arch: .venv/.dev ## does each package import only what is below it
	$(BIN)/lint-imports --config setup.cfg --no-cache

docs: .venv/.dev ## is the command reference up to date, does every link lead somewhere
	$(BIN)/python docs/check.py

wheel: .venv/.dev ## build the wheel, install it in a clean environment, run it in an empty folder
	$(BIN)/python .ci/wheel.py

golden: .venv/.dev ## rewrite the expected reports; read the difference as text
	ZAIZAO_GOLDEN=write $(BIN)/pytest tests/reports -k golden
	git --no-pager diff --stat -- tests/golden

cover: .venv/.dev ## run the tests and print what they do not reach
	$(BIN)/coverage run -m pytest
	$(BIN)/coverage report

slow: .venv/.dev ## compare soundness, relations and the engine with slow and plain ways, on thousands of random drawings
	$(BIN)/python -m tests.slow_soundness
	$(BIN)/python -m tests.slow_relations
	$(BIN)/python -m tests.slow_walks

bench: .venv/.dev ## print the benchmarks' table: ratios measured in one run
	$(BIN)/python -m benchmarks

faults: .venv/.dev ## cause every fault at full size on both databases (40 minutes, some as root only), print one table
	$(BIN)/python -m tests.faults

fuzz: .venv/.dev ## look for bytes that break the readers, SECONDS=60 for each; what is found is saved in .fuzz/
	@$(BIN)/pip install -q -c constraints.txt -e '.[fuzz]'
	nice $(BIN)/python -m tests.fuzz $(or $(SECONDS),60)

lock: .venv/.dev ## pin the versions anew
	$(BIN)/uv pip compile -q --universal --extra dev --no-header --no-annotate --upgrade setup.cfg -o constraints.txt

clean: ## remove what the other targets made
	rm -rf .venv build dist out *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage .fuzz
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/.python:
	@test -n "$(PYTHON)" || { echo "zaizao needs Python 3.11 or newer: install it, then run make again."; exit 1; }
	@rm -rf .venv
	@$(PYTHON) -m venv .venv 2>/dev/null || { rm -rf .venv; $(PYTHON) -m virtualenv -q .venv 2>/dev/null; } \
		|| { echo "Python cannot make virtual environments here: install python3-venv (or the package virtualenv), then run make again."; exit 1; }
	@touch $@

.venv/.ready: .venv/.python setup.cfg pyproject.toml constraints.txt
	@echo "Setting up zaizao in .venv (about a minute) …"
	@$(BIN)/pip install -q -c constraints.txt -e .
	@echo "Compiling the simulation kernel, once (about half a minute) …"
	@$(BIN)/python -c "from zaizao.wiring import warm_up; warm_up()"
	@touch $@

.venv/.dev: .venv/.ready
	@$(BIN)/pip install -q -c constraints.txt -e '.[dev]'
	@touch $@
