# `make` lists what there is to make.
.DEFAULT_GOAL := help
SHELL := /bin/bash
export CARGO_TARGET_DIR ?= $(CURDIR)/target
export PATH := $(CURDIR)/.tools/bin:$(PATH):$(HOME)/.cargo/bin
program := $(CARGO_TARGET_DIR)/release/tallyhouse
quick := $(CARGO_TARGET_DIR)/quick/tallyhouse

.PHONY: help access acme container deb demo build package quick test bench bench-large bench-traitortrack directory faults connections nodes fuzz letters monitoring sbom screenshots security clean

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

faults: build ## kill node and database, fail over, disturb network and disk, all under load, and recount
	@scripts/need node postgres
	@node tests/faults/run.mjs --rounds 20
	@node tests/faults/outages.mjs $(if $(PLAN),--plan $(PLAN))

simulate: ## ten thousand seeds of the desk and of a browser's queue; TALLYHOUSE_SEEDS=n runs n (half an hour)
	@scripts/need node
	@scripts/with-postgres env TALLYHOUSE_SEEDS=$${TALLYHOUSE_SEEDS:-10000} \
	  cargo test --locked --workspace --test simulation -- --nocapture
	@TALLYHOUSE_SEEDS=$${TALLYHOUSE_SEEDS:-10000} npm --prefix ui test -- tests/simulation

nodes: build ## two nodes under load, each restarted in turn: not one scan may fail
	@scripts/need node postgres
	@node tests/faults/nodes.mjs --rounds 5

connections: build ## 10,000 idle connections, clients that never read and clients that dawdle: scans go on
	@scripts/need node
	@ulimit -n 20000 && node tests/faults/connections.mjs

fuzz: ## read mutated codes of passes for ten minutes (FUZZ_SECONDS=600)
	@scripts/need cc rust
	@TALLYHOUSE_FUZZ_SECONDS=$${FUZZ_SECONDS:-600} cargo test --locked -p passes-work --test fuzz no_text_stops -- --nocapture

letters: build ## compare the scripts of India in a PDF with what a browser draws
	@scripts/need node chromium poppler
	@. scripts/env && npm_ci tests/browser && TALLYHOUSE_CHROMIUM=$$(chromium_path) node tests/letters/run.mjs

directory: ## sign in by a real domain of Active Directory that Samba keeps (root; a minute and what is built)
	@scripts/need cc rust
	@scripts/with-samba cargo test --locked -p people-directory --test samba

monitoring: build ## every query of the board and every alert rule in a real Prometheus (apt; two minutes)
	@scripts/need node prometheus
	@node tests/monitoring/run.mjs

security: build ## attack a site of our own on loopback: API, pages, SQL, sockets, headers, packages, secrets (half an hour)
	@tests/security/run $(SECURITY_PARTS)

sbom: ## list what the program is made of, as CycloneDX, at target/sbom.json
	@scripts/need rust node
	@mkdir -p $(CARGO_TARGET_DIR) && scripts/sbom >$(CARGO_TARGET_DIR)/sbom.json

.PHONY: s3
s3: build ## copy backups to moto's S3 server, bring one back and restore it (pip; two minutes)
	@tests/s3/run

deb: build ## make the Debian package, at target/deb
	@scripts/deb

package: build ## install, start, upgrade and remove the Debian package in a scratch root (root, debootstrap; five minutes)
	@tests/package/run

container: build ## build the container's image on a base of debootstrap and run it read-only (root, buildah, debootstrap; five minutes)
	@tests/container/run

acme: build ## certificates by a real ACME server, renewed while two nodes run (pebble; six minutes)
	@tests/acme/run

access: ## look at every page on desk and phone, in both languages and colours, with axe (a quarter of an hour)
	@scripts/need cc rust fonts node chromium
	@. scripts/env && npm_ci tests/browser && scripts/ui && cargo build --locked -p tallyhouse && cd tests/browser && \
	TALLYHOUSE_WHOLE=1 TALLYHOUSE_BIN=$(CARGO_TARGET_DIR)/debug/tallyhouse TALLYHOUSE_CHROMIUM=$$(chromium_path) node --test access.test.mjs

screenshots: quick ## pictures of every page
	@scripts/need node chromium
	@. scripts/env && npm_ci tests/browser && TALLYHOUSE_BIN=$(quick) node tests/browser/screenshots.mjs

clean: ## remove what was built
	rm -rf target ui/dist ui/node_modules tests/browser/node_modules .tools
