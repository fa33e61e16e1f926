# Everything that one does with this repository. `make help` lists it.
# A bare Debian 12 with git, make and python3 is enough: each target sets up what it needs.

PORT ?= 8000
# Test processes: one more than two cores, because each waits a good part of its time for a database, a
# browser or a child. More help on a bigger machine.
WORKERS ?= 3
# What is handed on: make test ARGS="-k whitelist", make bench ARGS="--only import"
ARGS ?=

VENV := .venv/bin/python
BOOTSTRAP := sh bin/python bin/bootstrap.py

# The browser and the PDFs speak Chinese whatever the terminal does; files are read as UTF-8.
export PYTHONUTF8 := 1
# Compiled modules are kept whatever the environment says: the tests and the product start a hundred Python
# processes, and each would compile all it imports again (8 s of processor time instead of 3.7).
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help run test lint types fix bench demo messages coverage lock clean distclean tools fresh

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## set up everything, then serve on http://127.0.0.1:8000 (PORT=8010 for another port)
	@exec sh bin/python bin/run.py --port $(PORT)

test: ## set up everything, then run the whole test suite (ARGS="-k word" for a part)
	@$(BOOTSTRAP) test
	@$(VENV) -m pytest -n $(WORKERS) -rsfE $(ARGS)

coverage: ## the test suite with branch coverage, report in htmlcov/
	@$(BOOTSTRAP) test
	@$(VENV) -m pytest -n $(WORKERS) -rsfE --cov --cov-report=html --cov-report=term:skip-covered $(ARGS)

lint: tools ## style, types, layers, templates, translations
	@sh bin/lint

types: tools ## only the types (mypy, strict)
	@$(VENV) -m mypy

fix: tools ## put right what ruff can put right by itself
	@$(VENV) -m ruff check --fix .
	@$(VENV) -m ruff format .

bench: ## measure the hot paths beside their floors
	@$(BOOTSTRAP) run
	@$(BOOTSTRAP) tools
	@$(VENV) -m benchmarks $(ARGS)

demo: ## load the demonstration city into an empty database and list its accounts
	@exec sh bin/python bin/run.py --only-prepare

messages: tools ## collect the sentences to translate into ipfin/translations
	@$(VENV) bin/catalogue.py update

lock: ## choose newer versions: write the requirements*.txt from their .in files
	@sh bin/lock $(ARGS)

fresh: ## try "make run" and "make test" in a bare Debian 12 (root, debootstrap; slow)
	@sh bin/check_fresh.sh $(ARGS)

clean: ## remove caches and what was built (not .venv, not the database)
	@rm -rf .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage .coverage.* htmlcov out build
	@find ipfin migrations tests benchmarks bin -name __pycache__ -type d -prune -exec rm -rf {} +
	@find ipfin/translations -name '*.mo' -delete 2>/dev/null || true

distclean: clean ## also remove .venv (never instance/: that is data)
	@rm -rf .venv .venv-tools

tools:
	@$(BOOTSTRAP) tools
