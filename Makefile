# The face of the build; Meson and the scripts in tools/ do the work.
# Each target makes what it needs: on a fresh Debian 12, `make run` is enough.

BUILD ?= build
DATA ?= data
LISTEN ?= 127.0.0.1:8080
MINUTES ?= 1

.PHONY: help deps test-deps bench-deps build run test lint fuzz soak bench clean

help:
	@echo 'make deps    installs what building needs: Debian packages, Node 20, the front end parts'
	@echo 'make build   $(BUILD)/chabaocu, chabaocu-media and chabaocu-media-wide beside it'
	@echo 'make run     serves a demonstration city from $(DATA)/ at $(LISTEN) (LISTEN=…, DATA=…)'
	@echo 'make test    everything: unit tests, sanitizers, journeys, browser, lint'
	@echo 'make lint    the house rules'
	@echo 'make fuzz    the fuzz targets, MINUTES=$(MINUTES) each'
	@echo 'make soak    the long runs (SUITES="kill slow": only these)'
	@echo 'make bench   what the program reaches beside bare programs, into bench/RESULTS.md (some 25 minutes)'
	@echo 'make clean   removes what was built; $(DATA)/ stays'

deps:
	@tools/deps.sh

test-deps:
	@tools/deps.sh test

build: deps
	@tools/build.sh $(BUILD)

run: build
	@tools/run.sh $(BUILD) $(DATA) $(LISTEN)

bench-deps:
	@tools/deps.sh bench

test: test-deps
	@tools/test.sh

lint: test-deps build
	@tools/lint.sh $(BUILD)

fuzz: test-deps
	@tools/fuzz.sh $(MINUTES)

soak: test-deps build
	@tools/soak.sh $(BUILD) $(SUITES)

bench: bench-deps
	@tools/build.sh build-bench
	@bench/run

clean:
	rm -rf $(BUILD) build-asan build-clang build-fuzz build-tsan build-test build-bench
