# Every step of the report. `make` alone lists the targets.
# PYTHON   the Python that makes the environment           (make PYTHON=python3.12 report)
# RUN      put before each command that runs a notebook    (make RUN="srun -n1" report)
# JOBS     notebooks run side by side                      (default: one more than there are cores)
# MOMENTS  builds that `make interrupt` kills, from SEED    (make MOMENTS=3 SEED=8 interrupt)

PYTHON ?= python3
MOMENTS ?= 10
SEED ?= 2512
RUN ?=
# One more than cores: a kernel that starts mostly waits
JOBS ?= $(shell expr 1 + $$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2))
MAKEFLAGS += --no-print-directory -j$(JOBS)

VENV := .venv
PY := $(VENV)/bin/python
# Largest first: it has most charts, runs longest, and must not start last
NOTEBOOKS := $(shell ls -S notebooks/[0-9][0-9]-*.ipynb)
SUMMARY := $(filter notebooks/90-%,$(NOTEBOOKS))
CHAPTERS := $(filter-out $(SUMMARY),$(NOTEBOOKS))
EXECUTED := $(NOTEBOOKS:notebooks/%=build/executed/%)
LIBRARY := $(wildcard chipcheck/*.py) chipcheck/report.mplstyle $(wildcard chipcheck/fonts/*.ttf)
RUNNER := chipcheck/publish/execute.py chipcheck/publish/errors.py requirements.txt
PUBLISH := $(shell find chipcheck/publish -type f ! -name '*.pyc') $(wildcard chipcheck/fonts/*.ttf)
FINISH := $(PY) -m chipcheck.publish.render build/report.ipynb

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help report html pdf lab test check bench mutate repro offline interrupt refresh lock clean

help: ## list the targets
	@awk -F':.*## ' '/^[a-z]+:.*## /{printf "  make %-9s %s\n", $$1, $$2}' Makefile

report: build/report.html build/report.pdf ## build/report.html and build/report.pdf, from a fresh clone

html: $(EXECUTED) ## only the HTML
	@$(FINISH) html --executed $(EXECUTED)

pdf: $(EXECUTED) ## only the PDF
	@$(FINISH) pdf --executed $(EXECUTED)

lab: $(VENV)/installed-report ## open JupyterLab in the same environment
	@$(VENV)/bin/jupyter lab --notebook-dir=.

test: $(VENV)/installed-test ## the tests; no browser needed
	@$(PY) -m ruff check . && $(PY) -m pytest -q -n $(JOBS) --ignore=tests/output

check: test report ## the tests, then the finished files: browser, PDF, freshness
	@CHECK_OUTPUT=1 $(PY) -m pytest -q tests/output

bench: $(VENV)/installed-test report ## timings beside plain nbconvert; prints, never fails a build
	@$(PY) bench/build.py
	@$(PY) bench/page.py
	@$(PY) bench/pdf.py

mutate: $(VENV)/installed-test ## spoil copies of the tables in every way and count what goes unseen (SAMPLE=60: a draw)
	@$(PY) -m chipcheck.checks.mutate $(if $(SAMPLE),--sample $(SAMPLE))

repro: $(VENV)/installed-report ## build in other folders, time zones and locales; compare bytes
	@$(PY) tools/repro.py

offline: $(VENV)/installed-report ## build where there is no network
	@$(PY) tools/offline.py

interrupt: $(VENV)/installed-report ## kill builds at seeded moments; nothing half-written may be left
	@$(PY) tools/interrupt.py --moments $(MOMENTS) --seed $(SEED)

refresh: $(VENV)/installed-report ## rewrite what is derived and committed: outputs, figures, README, codebook
	@$(PY) -m chipcheck.publish.refresh

lock: $(VENV)/installed-test ## resolve the dependencies anew and pin them with hashes
	@$(VENV)/bin/uv pip compile -q --universal --generate-hashes --no-header --no-emit-index-url \
		pyproject.toml -o requirements.txt
	@$(VENV)/bin/uv pip compile -q --universal --generate-hashes --no-header --no-emit-index-url \
		--extra test -c requirements.txt pyproject.toml -o requirements-dev.txt

clean: ## remove build/
	@rm -rf build

# An environment whose set-up was interrupted does not count
ifeq ($(wildcard $(VENV)/finished),)
.PHONY: $(VENV)/installed-report
endif

$(VENV)/installed-report: requirements.txt pyproject.toml tools/setup_env.py
	@command -v $(PYTHON) >/dev/null || { echo "There is no '$(PYTHON)' on this machine; install Python 3.11 or newer."; exit 1; }
	@$(PYTHON) tools/setup_env.py $(VENV) requirements.txt
	@touch $@

# After the report's own set-up, or two installations would run into each other
$(VENV)/installed-test: requirements-dev.txt $(VENV)/installed-report
	@$(PYTHON) tools/setup_env.py $(VENV) requirements-dev.txt
	@touch $@

build/executed/%.ipynb: notebooks/%.ipynb $(LIBRARY) $(RUNNER) | $(VENV)/installed-report
	@$(RUN) $(PY) -m chipcheck.publish.execute $< $@

# The summary repeats what the chapters computed
$(SUMMARY:notebooks/%=build/executed/%): $(CHAPTERS:notebooks/%=build/executed/%)

build/report.html build/report.pdf &: $(EXECUTED) $(PUBLISH) data/sources.csv data/corrections.csv
	@$(FINISH) html pdf --executed $(EXECUTED)

-include $(wildcard build/[0-9][0-9].d)
