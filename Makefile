# Every step of the report. `make` alone lists the targets.
# PYTHON   the Python that makes the environment           (make PYTHON=python3.12 report)
# RUN      put before each command that runs a notebook    (make RUN="srun -n1" report)
# JOBS     notebooks run side by side                      (default: one more than there are cores)
# EDITION  languages of the report                         (make EDITION=zh report; default: en zh)
# MOMENTS  builds that `make interrupt` kills, from SEED    (make MOMENTS=3 SEED=8 interrupt)

PYTHON ?= python3
MOMENTS ?= 10
SEED ?= 2512
RUN ?=
EDITION ?= en zh
# One more than cores: a kernel that starts mostly waits
JOBS ?= $(shell expr 1 + $$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2))
MAKEFLAGS += --no-print-directory -j$(JOBS)
# Set-up compiles no module; the first build compiles what it imports and keeps it, whatever is usual on the machine
export PYTHONDONTWRITEBYTECODE :=

VENV := .venv
PY := $(VENV)/bin/python
# Largest first: it has most charts, runs longest, and must not start last
NOTEBOOKS := $(shell ls -S notebooks/[0-9][0-9]-*.ipynb)
SUMMARY := $(filter notebooks/90-%,$(NOTEBOOKS))
CHAPTERS := $(filter-out $(SUMMARY),$(NOTEBOOKS))
# The English edition lies in build/ itself, what another one is made from in a folder of its language
IN_ENGLISH := $(NOTEBOOKS:notebooks/%=build/executed/%)
IN_CHINESE := $(NOTEBOOKS:notebooks/%=build/zh/executed/%)
EXECUTED := $(if $(filter en,$(EDITION)),$(IN_ENGLISH)) $(if $(filter zh,$(EDITION)),$(IN_CHINESE))
NAMES := $(if $(filter en,$(EDITION)),build/report) $(if $(filter zh,$(EDITION)),build/report.zh)
CATALOGUES := $(wildcard locales/*/*.po)
LIBRARY := $(wildcard chipcheck/*.py chipcheck/schemas/*.py) chipcheck/report.mplstyle $(wildcard chipcheck/fonts/*.ttf)
RUNNER := $(addprefix chipcheck/publish/,execute.py warm.py preload.py errors.py) locks/report.txt
TABLES := $(wildcard data/*.csv)
PUBLISH := $(wildcard chipcheck/publish/*.* chipcheck/publish/templates/*/* chipcheck/fonts/*.ttf)
# A notebook that is asked for by name, or run through RUN, has a command of its own. Else Make removes what is stale,
# and the one process that renders makes what is missing, all notebooks in kernels forked from one (on Linux)
ALONE := $(strip $(RUN) $(filter-out Linux,$(shell uname)) $(filter build/executed/% build/zh/executed/% build/consistent,$(MAKECMDGOALS)))
FINISH := $(PY) -m chipcheck.publish build/report.ipynb
EXECUTE = $(if $(ALONE),$(RUN) $(PY) -m chipcheck.publish.execute $< $@ || { $(call KILLED,$(notdir $<)); },rm -f $@)
FROM := --executed $(EXECUTED) --jobs $(JOBS)
# A library that runs out of memory ends its process before Python can say a word
KILLED = status=$$?; [ $$status -lt 129 ] || echo "$(1) was ended by signal $$((status - 128)) (too little memory?). The report was not changed."; exit $$status

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: FORCE help report html pdf lab test check bench mutate repro doors offline interrupt refresh lock clean

help: ## list the targets
	@awk -F':.*## ' '/^[a-z]+:.*## /{printf "  make %-9s %s\n", $$1, $$2}' Makefile

report: $(NAMES:=.html) $(NAMES:=.pdf) ## build/report.html, report.pdf and report.zh.html, report.zh.pdf, from a fresh clone

# Asked for together, one after the other: each would run all notebooks that are due
html: $(EXECUTED) | build/consistent $(filter report,$(MAKECMDGOALS)) ## only the HTML
	@$(FINISH) html $(FROM) || { $(call KILLED,The page); }

pdf: $(EXECUTED) | build/consistent $(filter report html,$(MAKECMDGOALS)) ## only the PDF
	@$(FINISH) pdf $(FROM) || { $(call KILLED,The PDF); }

lab: $(VENV)/installed-report ## open JupyterLab in the same environment
	@$(VENV)/bin/jupyter lab --notebook-dir=.

test: $(VENV)/installed-test ## the tests of code and data; no browser needed
	@$(PY) -m ruff check . && $(PY) -m pytest -q -n $(JOBS) --ignore=tests/output --ignore=tests/proof

check: test report ## the tests, then what takes longer: proof of the data, freshness, browser, PDF
	@$(PY) -m pytest -q -n $(JOBS) tests/proof
	@CHECK_OUTPUT=1 $(PY) -m pytest -q tests/output

bench: $(VENV)/installed-test report ## timings beside plain nbconvert (PART=build), and growth (GROW=8 ROWS=100)
	@$(PY) $(if $(GROW)$(ROWS),bench/growth.py $(GROW:%=GROW=%) $(ROWS:%=ROWS=%),bench/build.py $(PART))

mutate: $(VENV)/installed-test ## spoil copies of the tables in every way and count what goes unseen (SAMPLE=60: a draw)
	@$(PY) -m maintain.mutate $(if $(SAMPLE),--sample $(SAMPLE))

repro: $(VENV)/installed-report ## build in other folders, time zones and locales; compare bytes
	@$(PY) tools/repro.py

doors: $(VENV)/installed-test ## come in as users do: archive without git, other Pythons, pip alone, worktree
	@$(PY) tools/doors.py

offline: $(VENV)/installed-report ## build where there is no network
	@$(PY) tools/offline.py

interrupt: $(VENV)/installed-report ## kill builds at seeded moments; nothing half-written may be left
	@$(PY) tools/interrupt.py --moments $(MOMENTS) --seed $(SEED)

refresh: $(VENV)/installed-report ## rewrite what is derived and committed: outputs, figures, README, codebook, catalogues
	@$(PY) -m maintain.refresh
	@$(PY) -m maintain.catalogues

lock: $(VENV)/installed-test ## resolve the dependencies anew and pin them with hashes
	@$(VENV)/bin/uv pip compile -q --universal --generate-hashes --no-header --no-emit-index-url \
		pyproject.toml -o locks/report.txt
	@$(VENV)/bin/uv pip compile -q --universal --generate-hashes --no-header --no-emit-index-url \
		--extra test -c locks/report.txt pyproject.toml -o locks/test.txt
	@echo uv | $(VENV)/bin/uv pip compile -q --universal --generate-hashes --no-header --no-annotate \
		--no-emit-index-url -c locks/test.txt - -o locks/setup.txt

clean: ## remove build/
	@rm -rf build

# An environment does not count whose set-up was interrupted, or whose Python or packages are gone (asked without `site`,
# whose start would be a third of the time of a build with nothing to do)
PROBE := import os, sys; home = os.path.dirname(os.path.dirname(sys.executable))
PROBE += ; sys.exit(not os.path.isdir(home + "/lib/python%d.%d/site-packages/pandas" % sys.version_info[:2]))
ifneq ($(shell [ -e $(VENV)/finished ] && $(PY) -IS -c '$(PROBE)' 2>/dev/null && echo whole),whole)
.PHONY: $(VENV)/installed-report
endif

$(VENV)/installed-report: locks/report.txt locks/setup.txt pyproject.toml tools/setup_env.py
	@command -v $(PYTHON) >/dev/null || { echo "There is no '$(PYTHON)' on this machine; install Python 3.11 or newer."; exit 1; }
	@$(PYTHON) tools/setup_env.py $(VENV) locks/report.txt
	@touch $@

# After the report's own set-up, or two installations would run into each other
$(VENV)/installed-test: locks/test.txt $(VENV)/installed-report
	@$(PYTHON) tools/setup_env.py $(VENV) locks/test.txt
	@touch $@

# The gate: typed numbers that contradict each other stop here, before a notebook runs
build/consistent: $(TABLES) $(LIBRARY) | $(VENV)/installed-report
	@$(if $(ALONE),$(PY) -m chipcheck.identities $@,rm -f $@)

build/executed/%.ipynb: notebooks/%.ipynb $(LIBRARY) $(RUNNER) | $(VENV)/installed-report build/consistent
	@$(call EXECUTE)

build/zh/executed/%.ipynb: notebooks/%.ipynb $(LIBRARY) $(RUNNER) $(CATALOGUES) | $(VENV)/installed-report build/consistent
	@$(call EXECUTE)

# The summary repeats what the chapters computed
$(SUMMARY:notebooks/%=build/executed/%): $(CHAPTERS:notebooks/%=build/executed/%)
$(SUMMARY:notebooks/%=build/zh/executed/%): $(CHAPTERS:notebooks/%=build/zh/executed/%)

$(NAMES:=.html) $(NAMES:=.pdf) &: $(EXECUTED) $(CATALOGUES) build/consistent $(PUBLISH) data/sources.csv data/corrections.csv CITATION.cff
	@$(FINISH) html pdf $(FROM) || { $(call KILLED,The rendering); }

# Which tables a notebook read stands in build/NN.d (build/zh/NN.d), whose last line says that the list is whole. A
# notebook whose list or facts are not there, or whose list is cut, runs again.
WHOLE := $(shell grep -slx '\# whole' build/[0-9][0-9].d build/zh/[0-9][0-9].d)
number = $(firstword $(subst -, ,$(notdir $(1))))
under = $(patsubst %executed/,%,$(dir $(1)))
listed = $(filter $(call under,$(1))$(call number,$(1)).d,$(WHOLE))
has_facts = $(or $(filter $(notdir $(SUMMARY)),$(notdir $(1))),$(wildcard $(call under,$(1))facts/$(call number,$(1)).json))
$(foreach book,$(EXECUTED),$(if $(and $(call listed,$(book)),$(call has_facts,$(book))),,$(book))): FORCE
FORCE:

include $(WHOLE)
