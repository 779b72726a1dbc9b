# The front door. Everything here also works by hand with cmake and ctest; see CONTRIBUTING.md.
#
#   make run          build the release and play a recorded incident through it, then serve until Ctrl-C
#   make test         build with assertions, run every test that needs nothing but Debian packages
#   make integration  run the tests that need servers Debian does not have; names those it skipped, and why
#   make asan         run the tests under the address and undefined-behaviour sanitizers
#   make tsan         run the tests under the thread sanitizer
#   make fuzz         feed every fuzzer for 30 seconds; FUZZ_SECONDS=600 for longer
#   make bench        measure, and compare with Alertmanager on this machine
#   make soak         the long run
#   make lint         formatting and clang-tidy
#   make format       let clang-format have its way
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.PHONY: help run build test integration asan tsan fuzz bench soak lint format setup-build setup-test

help:
	@sed -n 's/^#   //p' Makefile

setup-build:
	@cmake/setup.sh build
setup-test:
	@cmake/setup.sh test

# Configures a preset once; afterwards ninja itself notices changed CMake files.
build/%/build.ninja: CMakePresets.json
	@echo "configure: $*"
	@mkdir -p build && { cmake --preset $* > build/$*.log 2>&1 || { cat build/$*.log; exit 1; }; }
	@touch $@

build: setup-build
	@$(MAKE) build/release/build.ninja
	@echo "build: release (the first time takes a few minutes)"
	@cmake --build --preset release --target tocsin

run: build
	@exec deploy/examples/run.sh build/release/tocsin

test: setup-test
	@$(MAKE) build/dev/build.ninja
	@echo "build: dev"
	@cmake --build --preset dev
	@tests/run.sh dev ordinary

integration: setup-test
	@$(MAKE) build/dev/build.ninja
	@cmake --build --preset dev
	@tests/run.sh dev integration

soak: setup-test
	@$(MAKE) build/dev/build.ninja
	@cmake --build --preset dev
	@tests/run.sh dev soak

asan tsan: setup-test
	@$(MAKE) build/$@/build.ninja
	@echo "build: $@"
	@cmake --build --preset $@
	@tests/run.sh $@ ordinary

fuzz: setup-test
	@$(MAKE) build/fuzz/build.ninja
	@echo "build: fuzz"
	@cmake --build --preset fuzz
	@tests/fuzz/run.sh build/fuzz

bench: setup-test
	@$(MAKE) build/bench/build.ninja
	@echo "build: bench"
	@cmake --build --preset bench
	@bench/run.sh build/bench
	@bench/kafka.sh build/bench

SOURCES = $(shell git ls-files '*.h' '*.cc')

format: setup-test
	@clang-format-16 -i $(SOURCES)

lint: setup-test
	@$(MAKE) build/dev/build.ninja
	@echo "lint: clang-format"
	@clang-format-16 --dry-run --Werror $(SOURCES)
	@echo "lint: clang-tidy"
	@printf '%s\n' $(filter %.cc,$(SOURCES)) | xargs -P "$$(nproc)" -n 4 clang-tidy-16 -p build/dev --quiet
