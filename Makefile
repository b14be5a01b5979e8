# Sosias from a clone: needs Python 3.11 or newer, make and git. `make help` lists what there is.
.PHONY: help install test fuzz demo bench messages clean
.DEFAULT_GOAL := help

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt

help: ## say what can be made
	@grep -E '^[a-z]+:.*## ' Makefile | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 18

install: $(VENV)/ready ## make .venv with Sosias in it
	@echo "Ready: $(BIN)/sosias"

demo: $(VENV)/ready ## from the sample to a chat (CHAT=0: without the chat; MINUTES=2; ACCEPT_GEMMA_TERMS=1)
	@$(BIN)/sosias demo $(if $(filter 0,$(CHAT)),--no-chat) $(if $(MINUTES),--minutes $(MINUTES))

# Two workers of one thread each: more would fight for the two cores of a small machine.
test: $(VENV)/ready-to-develop ## lint, formatting, types, architecture, tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	OMP_NUM_THREADS=1 $(BIN)/pytest -n 2

fuzz: $(VENV)/ready-to-develop ## damaged exports, 5 minutes for each source (MINUTES=0.1; SOURCE=telegram)
	$(BIN)/python -m tests.fuzz $(if $(MINUTES),--minutes $(MINUTES)) $(if $(SOURCE),--source $(SOURCE))

bench: $(VENV)/ready-to-bench ## side by side with peers, on this machine
	$(BIN)/python -m bench

messages: $(VENV)/ready-to-develop ## gather the sentences to translate, compile them, write docs/commands.md
	$(BIN)/python scripts/translations.py
	$(BIN)/python scripts/commands_page.py

clean: ## forget the virtual environment and the demo
	rm -rf $(VENV) demo

# Each stamp is newer than what it was made from, so that a second run installs nothing.
$(VENV)/python:
	@if $(BIN)/python -c 'import sys, pip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check 'pip>=26' && touch $@ && exit 0; exit 1; \
	fi; \
	for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	  if $$python -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	    echo "Making .venv with $$($$python --version)"; \
	    $$python -m venv $(VENV) && $(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=26' \
	      && touch $@ && exit 0; exit 1; \
	  fi; \
	done; echo 'Sosias needs Python 3.11 or newer with its venv module (Debian: apt install python3-venv).' >&2; exit 2

$(VENV)/ready: $(VENV)/python pyproject.toml constraints.txt
	@echo 'Installing Sosias and what it needs into .venv (some minutes the first time)'
	@$(PIP) --editable '.[train]'
	@touch $@

$(VENV)/ready-to-develop: $(VENV)/ready
	@$(PIP) --editable '.[train,bench]' --group dev
	@touch $@

$(VENV)/ready-to-bench: $(VENV)/ready
	@$(PIP) --editable '.[train,bench]'
	@touch $@
