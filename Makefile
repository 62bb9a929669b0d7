PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

.PHONY: serve test lint types browser services pictures lock audit sbom licences soak throughput clean

## Serve the chat page: installs, builds the edition if there is none, prints the address.
serve: $(VENV)/.build
	@test -f $${CHATBOT_VAR:-var}/editions/current || $(BIN)/chatbot build
	@$(BIN)/chatbot serve

## Run every test, the browser's included: most in two processes, then those that must run alone.
test: $(VENV)/.test browser services
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile -m "not alone"
	$(BIN)/python -m pytest -m alone

lint: $(VENV)/.test
	$(BIN)/ruff check .

types: $(VENV)/.test
	$(BIN)/mypy

$(VENV)/.build: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; set PYTHON=python3.11")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "installing (a minute or two, once)"
	@$(PIP) torch
	@$(PIP) --editable '.[build,import]'
	@touch $@

$(VENV)/.test: $(VENV)/.build
	@$(PIP) --editable '.[build,import,postgresql,redis,test]'
	@touch $@

browser:
	@for each in chromium chromium-browser google-chrome; do command -v $$each >/dev/null && exit 0; done; \
	  { if [ "$$(id -u)" = 0 ]; then sudo=; else sudo=sudo; fi; \
	    $$sudo apt-get update -qq && DEBIAN_FRONTEND=noninteractive $$sudo apt-get install -y -qq chromium; }

## The servers that some tests run: Redis and nginx, from the system's packages.
services:
	@command -v redis-server >/dev/null && PATH=$$PATH:/usr/sbin command -v nginx >/dev/null && exit 0; \
	  { if [ "$$(id -u)" = 0 ]; then sudo=; else sudo=sudo; fi; \
	    $$sudo apt-get update -qq && DEBIAN_FRONTEND=noninteractive $$sudo apt-get install -y -qq --no-install-recommends redis-server nginx; }

## Make the pictures of README and docs/staff.md: from the server that is running, and from var.
pictures: $(VENV)/.test browser
	$(BIN)/python docs/images/make.py http://127.0.0.1:8000/
	$(BIN)/python docs/images/staff.py corpus var

## Write constraints.txt anew from what is installed.
lock: $(VENV)/.test
	$(BIN)/python -m pip freeze --exclude-editable | grep -v '@ file' > constraints.txt

## Known weaknesses in what is installed; needs the network.
audit: $(VENV)/tools/.made
	@$(VENV)/tools/bin/pip-audit --requirement constraints.txt --no-deps --disable-pip --progress-spinner off

## What the program is made of, for whoever must know: sbom.json (CycloneDX).
sbom: $(VENV)/.build $(VENV)/tools/.made
	@$(VENV)/tools/bin/cyclonedx-py environment --pyproject pyproject.toml --output-reproducible --output-file sbom.json $(BIN)/python

# Apart from what they look at, so that they are no part of it.
$(VENV)/tools/.made:
	@$(PYTHON) -m venv $(VENV)/tools
	@$(VENV)/tools/bin/python -m pip install --quiet --disable-pip-version-check pip-audit cyclonedx-bom
	@touch $@

## The licence of every library that is installed.
licences: $(VENV)/.build
	@$(BIN)/python deploy/licences.py

## A long run at half of what this machine can: memory, times and errors in soak.png. MINUTES=60 by default.
soak: $(VENV)/.test
	$(BIN)/python benchmarks/soak.py --minutes $${MINUTES:-60}

## Questions a second over HTTP.
throughput: $(VENV)/.test
	$(BIN)/python benchmarks/throughput.py

clean:
	rm -rf $(VENV) var
