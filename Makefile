# Every command makes what it needs first; after that, setup takes a moment.
.DEFAULT_GOAL := help
.PHONY: help setup run test test-all lint format dashboard pictures bench lock clean

PYTHON := .venv/bin/python
# Python keeps what it has compiled, even where the shell forbids it: the tests start hundreds of interpreters.
export PYTHONDONTWRITEBYTECODE :=
# Two workers: the tests are sized for two cores.
PYTEST := $(PYTHON) -m pytest -n 2 --dist loadfile $(ARGS)

help: ## List the commands
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 18

setup: ## Make the environment .venv and compile the kernels
	@scripts/setup.sh

run: setup ## Run the main experiment
	$(PYTHON) -m experiments run three-levers

test: ## Run the tests, lint among them (a choice: make test ARGS="-k network")
	@scripts/setup.sh environment kernels browser
	$(PYTEST)

test-all: ## Run the slow tests too
	@scripts/setup.sh environment kernels browser
	$(PYTEST) -m "slow or not slow" --hypothesis-profile=thorough

lint: ## Check the rules of the house only: style, types, direction of imports, seeded chance
	@scripts/setup.sh environment
	$(PYTHON) -m pytest -q tests/test_house.py

format: ## Format the code, and mend what can be mended
	@scripts/setup.sh environment
	$(PYTHON) -m ruff check --fix .
	$(PYTHON) -m ruff format .

# Nothing is told to or fetched from elsewhere (--production omits a check that calls home); the loop of a viewer who has left
# ends after minutes, not a day.
# HOST is taken from make's command line alone: some shells set one in the environment, which asks for nothing.
HOST := 127.0.0.1
dashboard: setup ## Serve the dashboard on this machine (to an audience: make dashboard HOST=192.168.1.5)
	SOLARA_TELEMETRY_MIXPANEL_ENABLE=False SOLARA_THEME_SHOW_BANNER=False SOLARA_KERNEL_CULL_TIMEOUT=5m \
		$(PYTHON) -m solara run app.py --host $(HOST) --production --no-check-version

pictures: ## Make the pictures of the page in docs/images/ anew
	@scripts/setup.sh environment kernels browser
	$(PYTHON) scripts/pictures.py $(ARGS)

bench: setup ## Measure the speed
	$(PYTHON) -m benchmarks

lock: ## Choose the versions in requirements.lock anew after an edit of pyproject.toml (ARGS=--upgrade: the newest)
	@scripts/setup.sh tools
	.tools/bin/uv pip compile --quiet --universal --generate-hashes --python-version 3.12 --extra dev \
		--custom-compile-command "make lock" $(ARGS) pyproject.toml --output-file requirements.lock

clean: ## Remove everything that the other commands made
	rm -f .venv/installed-lock # first: should this be interrupted, setup must not take the rest for whole
	rm -rf .venv .tools .cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
