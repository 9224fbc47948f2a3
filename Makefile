# Muster's verbs. `make demo` and `make test` need nothing but Swift and make on Debian.
MUSTER = .build/release/muster
BUILD  = swift build -c release --explicit-target-dependency-import-check error
PYTHON = .build/oracles/bin/python
PREFIX ?= /usr/local
SERVE  ?= yes
PORT   ?= 8080
# Real logs for the tests that want them; where the folder is absent they are skipped, and say so.
REAL_LOGS ?= ../shared/datasets

.DEFAULT_GOAL := help
.PHONY: help packages test-packages build demo test check check-deep fuzz format verify simulate-experiments browser install-check bench-ingest bench-query bench-experiment record install

help: ## list the verbs
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-14s %s\n", $$1, $$2}' Makefile

packages:
	@.ci/packages libsqlite3-dev libzstd-dev zlib1g-dev node-d3 tzdata

test-packages: packages
	@.ci/packages python3-venv chromium zstd

build: packages
	$(BUILD) --product muster

demo: build ## simulate a community with an experiment on push hours, load it, publish, serve the dashboard with its verdict
	@[ -d datasets/demo/log ] || $(MUSTER) simulate datasets/demo/log --first-day $(shell date -u -d '60 days ago' +%F)
	$(MUSTER) run nightly
	@if [ "$(SERVE)" = no ]; then $(MUSTER) store status; else exec $(MUSTER) serve --port $(PORT); fi

test: test-packages ## run every test: units, scenarios, outside engines, browser, installation
	$(BUILD) --build-tests
	MUSTER_REAL_LOGS=$(REAL_LOGS) .ci/tests
	$(MAKE) --no-print-directory verify browser install-check

check: packages ## format, warnings, imports
	swift format lint --strict --parallel --recursive Package.swift Sources Tests
	$(BUILD) --build-tests

check-deep: packages ## address and thread sanitizer over storage and ingest; more crashes and orders of arrival
	Tests/sanitize.sh address
	Tests/sanitize.sh thread
	$(BUILD) --build-tests
	MUSTER_DEEP_TESTS=1 .ci/tests --filter 'CrashTests|CommitPointTests|FailingCallTests|ArrivalOrderTests'

fuzz: packages ## fuzz every reader of foreign bytes for SECONDS each; PROBES="json csv" chooses
	Tests/Fuzz/run.sh $(or $(SECONDS),60) $(PROBES)

format: ## format the sources
	swift format --in-place --parallel --recursive Package.swift Sources Tests

verify: test-packages build ## compare every number with DuckDB, Polars, pyarrow, SciPy …; MUSTER_SPARK_PYTHON=PATH adds Spark
	@.ci/oracles
	$(BUILD) --product ExperimentChecks
	$(PYTHON) Tests/Oracles/verify.py --muster $(MUSTER) --work .build/verify --real-logs $(REAL_LOGS)

simulate-experiments: packages ## simulate experiments, long and seeded, and time their statistics: SEED=N
	$(BUILD) --product muster
	$(BUILD) --product ExperimentChecks
	.build/release/ExperimentChecks time
	.build/release/ExperimentChecks simulate long $(or $(SEED),7)

browser: test-packages build ## look at the page in a real browser
	@.ci/oracles
	$(PYTHON) Tests/Oracles/demo_page.py --muster $(MUSTER) --work .build/browser

install-check: build ## install into a temporary prefix and run it without the toolchain
	Tests/EndToEndTests/installed.sh

bench-query: test-packages build ## time questions beside DuckDB, ClickHouse, Polars: LOG=DIR, GROWTH=yes, RUNS=N, ONLY=PATTERN
	@.ci/oracles
	@$(PYTHON) -c 'import chdb' 2>/dev/null || $(PYTHON) -m pip install --quiet chdb
	$(PYTHON) Tests/Benchmarks/bench_query.py --muster $(MUSTER) $(if $(LOG),--log $(LOG)) $(if $(GROWTH),--growth) \
	  $(if $(RUNS),--runs $(RUNS)) $(if $(ONLY),--only "$(ONLY)")

bench-ingest: test-packages build ## time ingest beside DuckDB and ClickHouse: LOG=DIR, FORMS=yes for other forms of it
	@.ci/oracles
	@$(PYTHON) -c 'import chdb' 2>/dev/null || $(PYTHON) -m pip install --quiet chdb
	$(PYTHON) Tests/Benchmarks/bench_ingest.py --muster $(MUSTER) --log $(LOG) $(if $(FORMS),--forms) \
	  $(if $(RUNS),--runs $(RUNS))

bench-experiment: test-packages build ## time the analysis of an experiment over LOG=DIR, its sums compared with DuckDB
	@.ci/oracles
	$(PYTHON) Tests/Benchmarks/bench_experiment.py --muster $(MUSTER) --log $(LOG) $(if $(RUNS),--runs $(RUNS))

record: ## record the golden outputs anew; the recording run fails, so that somebody looks at them
	RECORD_SNAPSHOTS=1 swift test -c release --filter EndToEndTests

install: build ## PREFIX=…: binary, page, chart library, completions, man pages
	.ci/install $(PREFIX)
