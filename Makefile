# `make` lists what there is to make.
.DEFAULT_GOAL := help
SHELL := /bin/bash
export CARGO_TARGET_DIR ?= $(CURDIR)/target
export PATH := $(CURDIR)/.tools/bin:$(PATH):$(HOME)/.cargo/bin
program := $(CARGO_TARGET_DIR)/release/tallyhouse
quick := $(CARGO_TARGET_DIR)/quick/tallyhouse

.PHONY: help access deb demo build package quick test bench bench-large bench-traitortrack directory faults fuzz screenshots clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 24

demo: quick ## start it with a throw-away database full of examples
	@exec $(quick) demo

build: ## the program with its user interface inside, at target/release/tallyhouse
	@scripts/need cc rust fonts
	@scripts/ui
	@cargo build --release --locked -p tallyhouse

quick: ## the same, built in less time and less fast, at target/quick/tallyhouse
	@scripts/need cc rust fonts
	@scripts/ui
	@cargo build --profile quick --locked -p tallyhouse

.PHONY: portal-large
portal-large: ## a hundred thousand requests of customers, and a workbook of a hundred thousand rows
	TALLYHOUSE_FUZZ_REQUESTS=100000 cargo test --release -p tallyhouse --test web nobody_is_ever_shown
	cargo test --release -p portal-work --test large -- --ignored --nocapture

test: ## every check and test, on both databases and in the browser
	@scripts/test

bench: build ## measure the speed of scans and pages on both databases
	@scripts/bench

bench-traitortrack: build ## import an earlier system of 1.8 million bags, in one go and killed twice (20 minutes)
	@scripts/bench-traitortrack

bench-large: build ## look at everything in a site of 18 million bags (half an hour, 20 GB of disk)
	@$(program) bench look --folder $(CARGO_TARGET_DIR) --bags 18000000

faults: build ## kill the server under load, 20 times on each database, and recount
	@scripts/need node
	@node tests/faults/run.mjs --rounds 20

fuzz: ## read mutated codes of passes for ten minutes (FUZZ_SECONDS=600)
	@scripts/need cc rust
	@TALLYHOUSE_FUZZ_SECONDS=$${FUZZ_SECONDS:-600} cargo test --locked -p passes-work --test fuzz no_text_stops -- --nocapture

directory: ## sign in by a real domain of Active Directory that Samba keeps (root; a minute and what is built)
	@scripts/need cc rust
	@scripts/with-samba cargo test --locked -p people-directory --test samba

deb: build ## make the Debian package, at target/deb
	@scripts/deb

package: build ## install, start, upgrade and remove the Debian package in a scratch root (root, debootstrap; five minutes)
	@tests/package/run

access: ## look at every page on desk and phone, in both languages and colours, with axe (a quarter of an hour)
	@scripts/need cc rust fonts node chromium
	@. scripts/env && npm_ci tests/browser && scripts/ui && cargo build --locked -p tallyhouse && cd tests/browser && \
	TALLYHOUSE_WHOLE=1 TALLYHOUSE_BIN=$(CARGO_TARGET_DIR)/debug/tallyhouse TALLYHOUSE_CHROMIUM=$$(chromium_path) node --test access.test.mjs

screenshots: quick ## pictures of every page
	@scripts/need node chromium
	@. scripts/env && npm_ci tests/browser && TALLYHOUSE_BIN=$(quick) node tests/browser/screenshots.mjs

clean: ## remove what was built
	rm -rf target ui/dist ui/node_modules tests/browser/node_modules .tools
