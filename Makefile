# Two commands matter: `make demo` and `make test`. `make help` lists the rest.
.RECIPEPREFIX = >
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
FIRMS ?= 20000
PORT ?= 8000
SERVE ?= 1
ENTERPRISES ?=
FRESH ?=
KILLS ?= 1000
# for steps that only read the code: settings need a database address, not a database
NO_DATABASE := HUOSHUI_DATABASE_URL=postgresql://nobody@127.0.0.1:9/none

.PHONY: help install dev db demo test check format reference tour torture bench-deps stop clean

help:  ## list the commands
> @grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

install:  ## environment, libraries and front-end packages
> @$(PYTHON) scripts/bootstrap.py

dev:  ## the same, with what tests and checks need
> @$(PYTHON) scripts/bootstrap.py --dev

demo: install  ## demo city, web and worker; prints address and sign-ins (FIRMS=, ENTERPRISES=, PORT=, SERVE=0, FRESH=1)
> @$(BIN)/huoshui demo --firms $(FIRMS) --port $(PORT) $(if $(ENTERPRISES),--enterprises '$(ENTERPRISES)') $(if $(filter 0,$(SERVE)),--no-serve) $(if $(FRESH),--fresh)

test: dev  ## every test, browser included
> @$(BIN)/python scripts/messages.py --compile
> @$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder $(TESTS)

torture: dev  ## kill posting and paying processes and the database 1,000 times; nothing lost, nothing twice (KILLS=)
> @HUOSHUI_KILLS=$(KILLS) $(BIN)/pytest tests/faults

check: dev  ## format, lint, types, import contracts, migrations, generated pages, sizes
> @$(BIN)/python scripts/check.py

format: dev  ## put the code into the house format
> @$(BIN)/ruff format . && $(BIN)/ruff check --fix .

reference: dev  ## write the generated pages again
> @$(BIN)/python scripts/reference.py

tour: dev  ## docs/tour.md with fresh pictures
> @$(BIN)/python scripts/tour.py

db: dev  ## start the database and bring it up to date
> @$(BIN)/huoshui migrate

stop:  ## stop the database that the installation started
> @$(BIN)/huoshui database stop

clean:  ## remove everything that was built (the data folder var/ stays)
> rm -rf .venv build

bench-deps: dev  ## the peers that benchmarks measure beside us, in an environment of their own
> @test -x build/bench-venv/bin/python || $(PYTHON) -m venv build/bench-venv
> @$(BIN)/uv pip install -q --python build/bench-venv/bin/python --require-hashes -r requirements/bench.txt
