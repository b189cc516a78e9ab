# `make run` and `make test` set up everything that they need: Python 3.11 and make suffice.
PYTHON ?= $(shell command -v python3.11 || command -v python3 || echo python3)
BIN := .venv/bin
export PIP_DISABLE_PIP_VERSION_CHECK = 1

.PHONY: setup run test check fix docs lock mutants benchmark clean

setup: .venv/.run  ## what the program needs, in .venv

run: .venv/.run  ## the demo: simulated grants, nothing leaves the machine
	@$(BIN)/python -m notifier run --demo

test: .venv/.dev  ## the whole suite, in random order, without network beyond loopback
	@$(BIN)/python -m pytest --cov --cov-report= tests
	@$(BIN)/python -m coverage report --include='notifier/core/*' --fail-under=100
	@$(BIN)/python -m coverage report --fail-under=90 --format=total

check: .venv/.dev  ## style, types, architecture, dependencies
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry .
	$(BIN)/python -m notifier check

fix: .venv/.dev  ## what the tools can mend by themselves
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

mutants: .venv/.dev  ## mutation testing of the core; slow
	$(BIN)/mutmut run
	$(BIN)/mutmut results

benchmark: .venv/.dev
	$(BIN)/python -m benchmarks.judge

docs: .venv/.run  ## the reference of the rule language, made from the program
	@$(BIN)/python -m notifier.files.reference > docs/rules.md

lock: .venv/.dev  ## resolve anew; needs uv
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-strip-extras \
	  pyproject.toml -o requirements.lock
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-strip-extras \
	  pyproject.toml --extra dev -c requirements.lock -o requirements-dev.lock

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo 'notifier needs Python 3.11 or newer; $(PYTHON) is older. Install it, or name it: make PYTHON=/path/to/python3.11'; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || \
	  { echo "Python's venv module is missing. On Debian and Ubuntu: apt install $$($(PYTHON) -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')"; exit 1; }
	@echo 'Setting up .venv (once) ...'
	@$(PYTHON) -m venv .venv

.venv/.run: .venv/bin/python requirements.lock
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	@touch $@

.venv/.dev: .venv/.run requirements-dev.lock
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements-dev.lock
	@touch $@

clean:
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis mutants .coverage
