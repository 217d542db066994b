.RECIPEPREFIX = >
PYTHON ?= python3
BIN = .venv/bin

.PHONY: db
db:
> @$(BIN)/huoshui manage check
