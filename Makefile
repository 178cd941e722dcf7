# Two commands for newcomers; the others are parts of them.
#
#   make demo      install, build, load the demo brand into ./.home, serve it (PORT=8000, HOST=127.0.0.1)
#   make test      install what tests need, run every test
#
# Everything stays in the checkout: .venv, .cache, frontend/node_modules, .home.

.DEFAULT_GOAL := help
.PHONY: help demo test build dev lint types contracts generated check unit lock clean
MAKEFLAGS += --no-print-directory
JOBS ?= 2

help:
	@sed -n 's/^#   //p' Makefile

demo: build
	@sh scripts/demo.sh

build:                  ## what serving needs
	@sh scripts/python.sh runtime
	@sh scripts/frontend.sh build

dev:                    ## what developing and testing need
	@sh scripts/python.sh dev
	@sh scripts/frontend.sh build

test: dev
	@HUITOU_BROWSER=$$(sh scripts/browser.sh) && export HUITOU_BROWSER \
	  && sh scripts/frontend.sh run lint test \
	  && .venv/bin/python -m pytest -n $(JOBS) --dist loadgroup

lint: dev
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	@sh scripts/frontend.sh run lint

types: dev
	.venv/bin/mypy
	@sh scripts/frontend.sh run typecheck

contracts: dev
	.venv/bin/lint-imports

generated: dev
	@sh scripts/generated.sh check

check: lint types contracts generated

lock: dev               ## write constraints.txt anew from .venv
	@sh scripts/lock.sh

clean:
	rm -rf .venv .cache build dist frontend/node_modules src/huitou/web/static
