# Two commands are enough to begin with:
#   make demo    sets hklint up in .venv and tells the whole story on hosts that come with it
#   make test    sets up for development and runs the tests
# Needs Python 3.11 or newer with venv (Debian: apt-get install python3-venv) and a package index.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

DEBIAN_SERVICES := krb5-kdc krb5-admin-server krb5-user libkrb5-dev gcc python3-dev openssh-server openssh-client \
	python3-samba

DEBIAN_READERS := openscap-scanner jq

DEBIAN_WINE := wine64 wine libgnutls30 gcc-mingw-w64-x86-64

.PHONY: help demo test fuzz chaos test-services test-sarif test-html test-compliance test-wine check lint format types imports wheel-test benchmarks lab clean

help:
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 20

$(VENV)/.python: constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "hklint needs Python 3.11 or newer; set PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
		{ echo "Python's venv is missing; on Debian: apt-get install python3-venv"; exit 1; }
	@$(PIP_INSTALL) pip
	@touch $@

$(VENV)/.runtime: $(VENV)/.python pyproject.toml
	@echo "Setting up hklint in $(VENV) ..."
	@$(PIP_INSTALL) --editable '.[keyring]'
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime
	@echo "Setting up the development tools ..."
	@$(PIP_INSTALL) --group dev
	@touch $@

demo: $(VENV)/.runtime ## the whole story on hosts that come with hklint
	@$(BIN)/hklint demo

lab: $(VENV)/.runtime ## run the stand-in hosts until Ctrl-C
	@$(BIN)/hklint lab start

test: $(VENV)/.dev ## all tests
	@$(BIN)/pytest --numprocesses 2 --quiet

fuzz: $(VENV)/.dev ## damage documents and answers for some minutes, and look for what is not noticed
	@$(BIN)/pytest --quiet --hypothesis-profile fuzz tests/engine/language/test_fuzz.py tests/sources/test_hostile_*.py

chaos: $(VENV)/.dev ## thousands of audits of hosts that misbehave, for some minutes
	@$(BIN)/pytest --quiet --chaos full tests/chaos

$(VENV)/.services: $(VENV)/.dev
	@dpkg -s $(DEBIAN_SERVICES) >/dev/null 2>&1 || \
		{ test "$$(id -u)" = 0 && apt-get update -qq && \
		DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends $(DEBIAN_SERVICES); } || \
		{ echo "As root: apt-get install $(DEBIAN_SERVICES)"; exit 1; }
	@echo "Building the Kerberos libraries ..."
	@$(PIP_INSTALL) --editable '.[keyring,kerberos]'
	@touch $@

test-services: $(VENV)/.services ## Kerberos, SSH and Group Policy files, with Debian's own servers on this machine
	@$(BIN)/pytest --quiet tests/services

test-sarif: $(VENV)/.dev ## SARIF through Microsoft's validator (needs npm)
	@npm install --silent --no-save --no-package-lock --no-audit --no-fund @microsoft/sarif-multitool@5.7.0
	@$(BIN)/pytest --quiet tests/reports/test_sarif_multitool.py

test-html: $(VENV)/.dev ## the HTML page in a real browser (needs Chromium, its driver and npm)
	@npm install --silent --no-save --no-package-lock --no-audit --no-fund --prefix tests/reports/html axe-core@4.14.1 html-validate@10.17.0
	@$(BIN)/pytest --quiet tests/reports/html

test-compliance: $(VENV)/.dev ## compliance reports in OpenSCAP, Heimdall's and STIG Manager's readers (needs openscap-scanner, jq and npm)
	@dpkg -s $(DEBIAN_READERS) >/dev/null 2>&1 || \
		{ test "$$(id -u)" = 0 && apt-get update -qq && \
		DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends $(DEBIAN_READERS); } || \
		{ echo "As root: apt-get install $(DEBIAN_READERS)"; exit 1; }
	@npm install --silent --no-save --no-package-lock --no-audit --no-fund --prefix tests/reports/compliance @mitre/hdf-converters@2.10.20
	@npm install --silent --no-save --no-package-lock --no-audit --no-fund --prefix tests/reports/cklb @nuwcdivnpt/stig-manager-client-modules@1.6.7
	@$(BIN)/pytest --quiet tests/reports/compliance tests/reports/oval tests/reports/cklb tests/reports/test_json_schema.py

test-wine: $(VENV)/.dev ## .reg files and TLS clients in Wine, another implementation (1 GB; as root installs it)
	@dpkg -s $(DEBIAN_WINE) >/dev/null 2>&1 || \
		{ test "$$(id -u)" = 0 && apt-get update -qq && \
		DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends $(DEBIAN_WINE); } || \
		{ echo "As root: apt-get install $(DEBIAN_WINE)"; exit 1; }
	@$(BIN)/pytest --quiet tests/wine

check: test lint types imports wheel-test ## what has to pass before a change lands

lint: $(VENV)/.dev ## ruff, and the policies
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/hklint lint

format: $(VENV)/.dev ## put the code into its form
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

types: $(VENV)/.dev ## mypy and pyright, both strict
	@$(BIN)/mypy
	@$(BIN)/pyright

imports: $(VENV)/.dev ## who may import whom
	@$(BIN)/lint-imports

wheel-test: $(VENV)/.dev ## build the wheel and test it with the sources out of the way
	@$(BIN)/python tests/wheel/run.py

benchmarks: $(VENV)/.dev ## how fast, beside a bare pypsrp session
	@$(BIN)/python -m benchmarks

clean: ## remove what was built
	@rm -rf $(VENV) dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
