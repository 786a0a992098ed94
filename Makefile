# Every command a contributor needs. `make` lists them.
SHELL := /bin/sh
export PATH := $(CURDIR)/.venv/bin:$(CURDIR)/.tools/bin:$(PATH)
export PYTHONDONTWRITEBYTECODE := 1
SEED ?=
RUNS ?= 50

.PHONY: help setup demo check lint types imports test soak soak-short bench peers lock schemas docs clean

help: ## list the recipes
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## bring uv into .tools and the locked environment into .venv
	@scripts/bootstrap.sh

demo: setup ## the story of one advisory on a real shop, both ways, and tests that hold nobody up, about 6 minutes
	@python scripts/demo.py

check: setup lint types imports test ## everything that must hold before a commit, in about 20 minutes on two cores

lint: setup
	@ruff check --quiet .
	@ruff format --quiet --check .

types: setup
	@pyright --warnings

imports: setup
	@lint-imports --no-cache --quiet 2>/dev/null || lint-imports --no-cache

test: setup ## the tests alone
	@pytest -n 4 --dist worksteal -m "not soak"

soak: setup ## slow torture: the story killed at RUNS random moments, readers fuzzed; SEED repeats one
	@OUTPACE_SOAK_RUNS=$(RUNS) OUTPACE_SOAK_SEED=$(SEED) pytest -m soak -n 0

soak-short: setup
	@OUTPACE_SOAK_RUNS=6 OUTPACE_SOAK_SEED=$(SEED) pytest -m soak -n 0

bench: setup ## the figures that the README and the docs quote
	@missed=; for script in bench/*.py; do grep -q '^"""Bench' $$script || continue; echo "== $$script"; \
		python $$script --quick || missed="$$missed $$script"; done; [ -z "$$missed" ] || { echo "goals missed:$$missed"; exit 1; }

peers: setup ## bring the tools that the benches compare with into .tools/peers
	@[ -x .tools/peers/bin/python ] || uv venv --quiet --python .venv/bin/python .tools/peers
	@uv pip sync --quiet --compile-bytecode --python .tools/peers/bin/python --require-hashes requirements/peers.txt
	@uv pip install --quiet --target .tools/randomly --no-deps --require-hashes -r requirements/randomly.txt

schemas: setup ## publish the JSON Schemas of the commands' results again
	@python scripts/schemas.py

docs: setup ## build the site of the documentation in build/docs/html and check every link of it
	@python -m scripts.site

lock: setup ## resolve the dependencies again; nothing enters that is younger than a week
	@uv pip compile -q --universal --generate-hashes --no-emit-index-url --python-version 3.11 --custom-compile-command "make lock" requirements/uv.in -o requirements/uv.txt
	@uv pip compile -q --universal --generate-hashes --no-emit-index-url --python-version 3.11 --custom-compile-command "make lock" requirements/peers.in -o requirements/peers.txt
	@uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-deps --python-version 3.11 --custom-compile-command "make lock" requirements/randomly.in -o requirements/randomly.txt
	@uv pip compile -q --universal --generate-hashes --no-emit-index-url --python-version 3.11 --exclude-newer "7 days" --custom-compile-command "make lock" pyproject.toml -o requirements/base.txt
	@uv pip compile -q --universal --generate-hashes --no-emit-index-url --python-version 3.11 --exclude-newer "7 days" --custom-compile-command "make lock" pyproject.toml --group dev -o requirements/dev.txt

clean: ## remove what setup brought
	@rm -rf .venv .tools .pytest_cache .ruff_cache .hypothesis .import_linter_cache
