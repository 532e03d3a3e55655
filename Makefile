PYTHON := .venv/bin/python

.DEFAULT_GOAL := help
.PHONY: help run tour pictures test test-content content lint prove fuzz bench clean

help:  ## say what each target does
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

run:  ## install what is missing, then start the small world (without a display: play the tour)
	@demo/install run
	@$(PYTHON) -m demo run

tour:  ## play a citizen's journey off-screen and leave its pictures, receipt and records in ./tour
	@demo/install run
	@$(PYTHON) -m demo tour

pictures: tour  ## renew the pictures of the documentation from the tour
	@$(PYTHON) -m demo pictures

test:  ## lint, types, layers and every test, on the shipped content
	@demo/install test
	@$(MAKE) --no-print-directory lint
	@$(PYTHON) -m demo content
	@$(PYTHON) -m pytest -q -n 3 --dist loadfile --no-loadscope-reorder tests/road tests/prove tests  # they often wait; the longest files first

test-content: content  ## the tests which need all 7,591 sheets
	@$(PYTHON) -m pytest -q -m content

content:  ## fetch all 7,591 sheets (npm) and build the full pack in build/full.pack
	@demo/install content
	@demo/content/fetch

lint:  ## ruff, mypy, import-linter
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m ruff format --check .
	@$(PYTHON) -m mypy
	@.venv/bin/lint-imports --no-logo

prove:  ## the long proofs: cuts of power, faults, words (needs root; some three hours)
	@demo/install prove
	@$(PYTHON) -m pytest -q -s -m prove

fuzz:  ## throw changed bytes at every decoder, of the road and of devices, ten minutes each
	@demo/install prove
	@tests/fuzz/run

bench:  ## print the figures, each beside a baseline of the same run
	@demo/install prove
	@demo/content/fetch
	@for program in bench/*.py; do $(PYTHON) $$program || exit 1; done

clean:  ## remove what was built, but not .venv
	@rm -rf build tour .pytest_cache .mypy_cache .ruff_cache
