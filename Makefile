# Everything a person or CI does here. Needs Python 3.11 or newer and make; the rest goes into .venv.

PYTHON ?= python3
BIN := .venv/bin
UV := $(BIN)/uv
INSTALLED := .venv/.installed
TEST_PROCESSES ?= 4
PYTEST := $(BIN)/python -m pytest -n $(TEST_PROCESSES) --dist worksteal
# Compiled modules are kept, whatever the environment says: the tests start hundreds of processes.
export PYTHONDONTWRITEBYTECODE :=
LOCK := $(UV) pip compile --quiet --no-config --generate-hashes --universal --python-version 3.11 --no-annotate --no-header

.DEFAULT_GOAL := help
.PHONY: help demo test check audit format bench soak crashes fuzz blind catalogs golden docs pictures slack-types lock clean

help: ## List the targets.
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

demo: $(INSTALLED) ## Diagnose a simulated broken account, in two languages.
	@$(BIN)/kintsugi demo --lang en
	@echo
	@$(BIN)/kintsugi demo --lang ja
	@echo
	@echo "That account was simulated. Try next:"
	@echo "  $(BIN)/kintsugi demo --list                       other accounts, and --lang zh_TW or es"
	@echo "  $(BIN)/kintsugi policy                            the IAM policy it needs: reads only"
	@echo "  $(BIN)/kintsugi diagnose YOUR_API_ID              your own account, with your AWS credentials"
	@echo "  $(BIN)/kintsugi diagnose - < error.log            any text with an API Gateway error in it"

test: $(INSTALLED) ## Run every test.
	$(PYTEST)

check: $(INSTALLED) ## Everything CI checks: format, lint, types, architecture, content, tests.
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/kintsugi playbooks check
	$(BIN)/python -m tools.audit
	$(PYTEST)

audit: $(INSTALLED) ## Ask whether what is installed has known vulnerabilities.
	$(BIN)/python -m tools.audit

format: $(INSTALLED) ## Format the code and mend what the linter can.
	$(BIN)/ruff check --fix --quiet . || true
	$(BIN)/ruff format .

bench: $(INSTALLED) ## Measure, side by side, and write docs/benchmarks.md.
	$(BIN)/python -m bench

soak: $(INSTALLED) ## Ask 2,000 questions while everything fails now and then; count the answers.
	$(BIN)/python -m bench.soak

crashes: $(INSTALLED) ## Die at every step in every way to ask, on both kinds of storage.
	$(PYTEST) tests/slack/crash --every-way

FUZZ_SECONDS ?= 300
fuzz: $(INSTALLED) ## Feed the reader made-up texts for FUZZ_SECONDS; then every property test new examples. Python 3.11.
	$(PYTHON) -m venv build/fuzz
	$(UV) pip install --quiet --python build/fuzz/bin/python --require-hashes -r requirements/runtime.txt
	$(UV) pip install --quiet --python build/fuzz/bin/python --require-hashes -r tools/fuzz/requirements.txt
	@mkdir -p build/fuzz/found
	build/fuzz/bin/python -m tools.fuzz.reader build/fuzz/found tests/pastes \
		-max_total_time=$(FUZZ_SECONDS) -max_len=8192 -artifact_prefix=build/fuzz/
	$(PYTEST) -m hypothesis --hypothesis-profile=explore

blind: $(INSTALLED) ## Deny, fail, throttle and time out every read of every scenario.
	$(PYTEST) tests/scenarios/test_unseen.py --every-way

catalogs: $(INSTALLED) ## Bring the catalogs up to date with the templates.
	$(BIN)/python tools/catalogs.py

golden: $(INSTALLED) ## Write the golden replies anew; read the diff.
	$(PYTEST) tests/scenarios --update-golden

docs: $(INSTALLED) ## Write the generated pages anew.
	$(BIN)/python tools/pages.py

slack-types: ## Make the schema of what Slack's types allow anew; needs Node 18 or newer.
	npm ci --prefix tools/slack_types
	npm run --silent --prefix tools/slack_types schema > tests/slack/blockkit/slack_types.json
	cp tools/slack_types/node_modules/@slack/types/LICENSE tests/slack/blockkit/slack_types.LICENSE

pictures: $(INSTALLED) ## Draw the surfaces in Slack anew; needs a browser: tools/slack_pictures/README.md.
	@mkdir -p build
	$(BIN)/python -m tools.slack_surfaces build/surfaces.json
	$(BIN)/python -m tools.slack_pictures build/surfaces.json --scale 1.5

lock: $(INSTALLED) ## Resolve the dependencies anew, with hashes and without naming a registry.
	$(LOCK) pyproject.toml -o requirements/runtime.txt
	$(LOCK) --extra demo pyproject.toml -c requirements/runtime.txt -o requirements/demo.txt
	$(LOCK) --extra demo pyproject.toml requirements/dev.in -c requirements/demo.txt -o requirements/dev.txt
	$(LOCK) requirements/build.in -c requirements/dev.txt -o requirements/build.txt
	$(LOCK) tools/fuzz/requirements.in -o tools/fuzz/requirements.txt

clean: ## Remove what was installed and built here.
	rm -rf .venv tools/slack_types/node_modules build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis

$(INSTALLED): requirements/dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; name one with make PYTHON=...")'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@test -x $(UV) || $(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@$(UV) pip install --quiet --python $(BIN)/python --require-hashes -r requirements/dev.txt
	@$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
	@touch $@
