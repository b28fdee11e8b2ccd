# bonaface: `make run` runs it, `make test` tests it, `make help` lists the rest.
PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
MINUTES ?= 30
FUZZ_SECONDS ?= 60
FUZZ_JOBS ?= 1
BASE ?= HEAD
TEST_PROCESSES ?= $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1)
PAIRS ?= 12
RUNNER ?= processes
IMAGES_OF_BULK ?= 100000
QUICK ?=
SECONDS ?= 5
PICTURES ?= /usr/share/openclipart/png
REQUIREMENTS ?= run
VENV ?= .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help labelled run setup test tests test-all test-quick test-clients lint format pages docs cov train train-folds train-detector test-training accuracy detection quality stages bench bench-bulk flame compare regression fuzz prove-ledger prove-bulk prove-faults prove-scale soak ledger accounts sbom image lock clean

help: ## List the commands.
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

run: setup ## Set up and start the server (HOST=, PORT=, REQUIREMENTS=container for PostgreSQL and Redis, too).
	@$(BIN)/bonaface serve --development --host $(HOST) --port $(PORT)

setup: $(VENV)/.$(REQUIREMENTS) ## Make .venv, install the pinned requirements, install and verify the models.
	@$(BIN)/bonaface models pull

$(VENV)/.python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "bonaface needs Python 3.11 or later; name one with PYTHON=python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

# Bytecode is kept of what a server imports, a quarter of all, and pip is of no use when it is done. Whoever
# forbids to write it has every process of a test compile its libraries anew: two seconds and more each time.
# Tests have use for pip: where they are set up already, it stays.
unexport PYTHONDONTWRITEBYTECODE

$(VENV)/.run $(VENV)/.container: $(VENV)/.%: $(VENV)/.python requirements/%.txt pyproject.toml
	$(BIN)/python -m ensurepip >/dev/null
	$(BIN)/python -m pip install --no-compile --disable-pip-version-check --require-hashes -r requirements/$*.txt
	$(BIN)/python -m pip install --no-compile --disable-pip-version-check --no-deps --no-build-isolation --editable .
	$(if $(wildcard $(VENV)/.test),,$(BIN)/python -m pip uninstall --quiet --yes setuptools pip)
	$(BIN)/python -c "$(IMPORTS)"
	@touch $@

IMPORTS := import bonaface.analyzer, bonaface.cli.app, bonaface.server.run, bonaface.server.wiring, bonaface.api.app, \
	bonaface.server.http_protocol, bonaface.server.shutdown; \
	from bonaface.runtime.engines import session_factory; session_factory()

$(VENV)/.test: $(VENV)/.run requirements/test.txt requirements/docs.txt
	$(BIN)/python -m ensurepip >/dev/null
	$(BIN)/python -m pip install --disable-pip-version-check --require-hashes -r requirements/test.txt -r requirements/docs.txt
	@touch $@

test: $(VENV)/.test setup ## Set up and run lint, types, architecture contracts and every test but the slow ones.
	@$(MAKE) --no-print-directory -j2 lint tests

test-all: $(VENV)/.test setup ## The same with the slow tests and coverage, as CI does.
	@$(MAKE) --no-print-directory -j2 lint tests ASKED=tests COVERED=1

# Beside lint, which takes one core for a minute or two where mypy remembers nothing. What fails there fails all.
# Those that need the machine alone come after all others: a process runs a file to its end, and each of these
# in its midst would have all others wait.
tests: $(VENV)/.test
	@failed=0; \
	$(PYTEST) $(ASKED) -m "not alone" $(if $(COVERED),--cov --cov-report=) || failed=1; \
	$(BIN)/pytest $$(grep -rl --include='test_*.py' '^@pytest.mark.alone' $(ASKED)) -m "alone" \
		$(if $(COVERED),--cov --cov-append --cov-report=term) || failed=1; \
	exit $$failed

ASKED := tests/unit tests/component tests/system tests/journeys

test-quick: $(VENV)/.test setup ## Run the unit tests, without coverage.
	$(PYTEST) tests/unit

test-clients: $(VENV)/.test setup ## Build our clients, install them into clean environments and run them against a real server.
	$(BIN)/pytest tests/*/python_client tests/*/js_client tests/component/contract/test_python_client.py \
		tests/component/contract/test_js_client.py tests/system/http_clients/test_python_package.py \
		tests/system/http_clients/test_js_package.py

# Whichever process is free takes the next file, in the order of tests/support/order.py: the heavy tiers are begun
# by all of them at once, and what is left at the end is short.
PYTEST := $(BIN)/pytest --numprocesses=$(TEST_PROCESSES) --dist=loadfile --no-loadscope-reorder

lint: $(VENV)/.test ## Lint, format, types and architecture contracts.
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.test ## Format the code.
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

pages: $(VENV)/.test ## Write anew what follows from the code: tables of settings, OpenAPI snapshot, picture of the rooms, types of clients/js.
	@PYTHONPATH=src:tests:. $(BIN)/python -m support.docs.settings_table
	@PYTHONPATH=src:tests:. $(BIN)/python -m support.docs.rooms
	@PYTHONPATH=src REWRITE_SNAPSHOT=1 $(BIN)/pytest -q tests/component/contract/test_openapi.py -k reviewed
	@PYTHONPATH=src:tests:. $(BIN)/python -m support.docs.js_answers
	@if command -v npm >/dev/null; then cd clients/js && npm ci --ignore-scripts --silent && npm run --silent types; fi

docs: $(VENV)/.test ## Build the site of the documentation in both languages; writes var/site/.
	@PYTHONPATH=. $(BIN)/python -m deploy.site

# Before a minute of setting up: what these measure cannot be shipped.
labelled:
	@test -f ../shared/data/manifest.csv || \
		{ echo "This needs labelled images beside the checkout, in ../shared; docs/evaluation.md tells how to measure on your own."; exit 1; }

accuracy: labelled $(VENV)/.test setup ## Measure error rates and robustness on the labelled images in ../shared; writes docs/accuracy/.
	$(BIN)/bonaface evaluate ../shared/data/manifest.csv --robustness --seed 1 --out var/accuracy
	@mkdir -p docs/accuracy
	@cp var/accuracy/figures.md var/accuracy/summary.json var/accuracy/*.csv var/accuracy/*.png docs/accuracy/
	@rm docs/accuracy/scores.csv
	$(BIN)/bonaface calibrate training/runs/folds.csv --seed 1 --out var/presets.toml --report var/left-out
	@cp var/left-out/figures.md docs/accuracy/left-out.md && cp var/left-out/reliability.png docs/accuracy/
	@awk -F, 'NR == 1 || $$2 == "measure" { print (NR == 1 ? "" : "../../shared/data/") $$0 }' \
		../shared/data/manifest.csv > var/measure.csv
	@$(BIN)/bonaface models pull minifasnet --from ../shared/models
	BONAFACE_MODELS__PAD=minifasnet $(BIN)/bonaface evaluate var/measure.csv --seed 1 --out var/minifasnet
	@cp var/minifasnet/summary.json docs/accuracy/minifasnet.json

train: train-folds ## Make the shipped PAD weights anew from ../shared (an hour on two cores).
	PYTHONPATH=. $(BIN)/python -m training.soup $(IMAGES)

train-folds: labelled $(VENV)/.training setup ## Score every image by networks that did not see its source (the hour of `train`).
	PYTHONPATH=. $(BIN)/python -m training.folds $(IMAGES)

train-detector: labelled $(VENV)/.training setup ## Make the face detector's weights anew from ../shared (under an hour on two cores).
	@$(BIN)/bonaface models pull centerface
	PYTHONPATH=. $(BIN)/python -m training.detector $(IMAGES)
	PYTHONPATH=. MALLOC_TRIM_THRESHOLD_=2000000000 MALLOC_MMAP_THRESHOLD_=2000000000 \
		$(BIN)/python -m training.refiner $(IMAGES)
	PYTHONPATH=. $(BIN)/python -m training.person $(IMAGES) --pictures $(PICTURES)

test-training: $(VENV)/.training setup ## Set up torch and run the tests of training/.
	PYTHONPATH=. $(BIN)/pytest training/tests --import-mode=importlib

IMAGES := --data ../shared/data --models ../shared/models

$(VENV)/.training: $(VENV)/.test requirements/training.in
	$(BIN)/python -m pip install --disable-pip-version-check -r requirements/training.in
	@touch $@

detection: labelled $(VENV)/.test setup ## Measure face detection on the labelled images in ../shared.
	@$(BIN)/python -m benchmarks.detection ../shared/data

quality: labelled $(VENV)/.test setup ## Measure what requiring quality does to the error rates on the images in ../shared.
	@$(BIN)/python -m benchmarks.quality ../shared/data training/runs/folds.csv

soak: $(VENV)/.test setup ## Load a server for MINUTES (30) with good and bad requests and look for what creeps; writes docs/reliability/.
	@PYTHONPATH=tests:. $(BIN)/python -m benchmarks.soak --minutes $(MINUTES)

prove-ledger: $(VENV)/.test setup ## Kill a loaded server 20 times on each database; no reply is missing in its ledger.
	@PYTHONPATH=tests:. $(BIN)/python -m benchmarks.prove_ledger

prove-bulk: $(VENV)/.test setup ## Kill a bulk job 40 times (RUNNER=ray: 20 times, on Ray); no row is missing or doubled, no finished file written again.
	@PYTHONPATH=tests:. $(BIN)/python -m benchmarks.prove_bulk --runner $(RUNNER)

prove-faults: $(VENV)/.test setup ## Take database, disk, clock and process away from a loaded server; nothing counted is lost.
	@$(BIN)/pytest tests/system/faults -v

prove-scale: $(VENV)/.test setup ## Prove what replicas promise: throughput, kills, restarts, limits, fail-over (10 minutes, idle); writes docs/capacity.md.
	@PYTHONPATH=tests:. $(BIN)/python -m benchmarks.scale

ledger: $(VENV)/.test setup ## Measure what the ledger costs, under load.
	@PYTHONPATH=tests:. $(BIN)/python -m benchmarks.ledger measure

accounts: $(VENV)/.test ## Time keys and pages of usage with 10,000 applications and 5 years of usage.
	@PYTHONPATH=tests:. $(BIN)/python -m benchmarks.accounts

stages: setup ## Time the stages of one analysis on this machine.
	@$(BIN)/bonaface bench

bench-bulk: $(VENV)/.test setup ## Measure bulk jobs (IMAGES_OF_BULK=100000; an hour, idle, root for Ray); images go into var/bulk.
	@PYTHONPATH=tests:. $(BIN)/python -m benchmarks.bulk --images $(IMAGES_OF_BULK)

bench: $(VENV)/.test setup ## Measure speed beside its targets, 64fb77c and DeepFace (8 minutes, idle); writes docs/performance/. QUICK=1: 3 minutes, writes var/bench/.
	@PYTHONPATH=tests:. $(BIN)/python -m benchmarks $(if $(QUICK),--quick --out var/bench,--page docs/performance.md)

flame: $(VENV)/.test setup ## Draw a flame graph of the server under load (py-spy; half a minute); writes docs/performance/server.svg.
	@PYTHONPATH=tests:. $(BIN)/python -m benchmarks.flame

compare: $(VENV)/.test setup ## Tell whether anything is over 5 % worse than at commit BASE (20 minutes, idle; PAIRS=, SECONDS=).
	@PYTHONPATH=tests:. $(BIN)/python -m benchmarks.compare $(BASE) --pairs $(PAIRS) --seconds $(SECONDS)

regression: $(VENV)/.test setup ## Tell whether anything became a quarter slower than benchmarks/baseline.json.
	@PYTHONPATH=tests:. $(BIN)/python -m benchmarks.regression

fuzz: $(VENV)/.test ## Fuzz everything that reads bytes of strangers (FUZZ_SECONDS=60, FUZZ_JOBS=1); docs/fuzzing.md.
	@mkdir -p var
	@PYTHONPATH=tests:. $(BIN)/python -m fuzz.run --seconds $(FUZZ_SECONDS) --jobs $(FUZZ_JOBS) --out var/fuzz.json

sbom: $(VENV)/.test ## Write the software bill of materials (CycloneDX) to var/sbom/bonaface.cdx.json.
	@$(BIN)/python -m deploy.sbom

image: sbom ## Build the container image with its version, commit, time, bill of materials and provenance (Docker with BuildKit).
	docker buildx build -f deploy/Dockerfile -t bonaface --load --sbom=true --provenance=mode=max \
		--build-arg VERSION=$$($(BIN)/python -c "from importlib.metadata import version; print(version('bonaface'))") \
		--build-arg REVISION=$$(git rev-parse HEAD) --build-arg CREATED=$$(date --utc +%Y-%m-%dT%H:%M:%SZ) .

lock: $(VENV)/.test ## Compile the pinned requirements anew.
	$(BIN)/uv pip compile $(LOCK) --extra server -o requirements/run.txt pyproject.toml requirements/run.in
	$(BIN)/uv pip compile $(LOCK) --extra server --extra postgresql --extra redis --extra signing -c requirements/run.txt -o requirements/container.txt pyproject.toml requirements/run.in
	$(BIN)/uv pip compile $(LOCK) --all-extras -c requirements/container.txt -o requirements/test.txt pyproject.toml requirements/run.in requirements/test.in
	$(BIN)/uv pip compile $(LOCK) -c requirements/test.txt -o requirements/docs.txt requirements/docs.in

LOCK := --quiet --universal --no-strip-extras --python-version 3.11 --generate-hashes --no-annotate --custom-compile-command "make lock"

clean: ## Remove the virtual environment and what tools left behind; models and database stay.
	rm -rf $(VENV) .coverage* .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
