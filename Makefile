# Everything a newcomer needs: `make demo`, `make quick` and `make test`. Only Python >= 3.11 and make are assumed.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SHARED ?= ../shared

.PHONY: audit fuzz bench-hostile install demo quick test coverage lint lock bench bench-install bench-quality bench-speed bench-durability bench-invariance bench-sites bench-unattended clean

install: $(VENV)/.installed

# The stamp keeps the locked digest: a changed lock installs again, an unchanged one costs nothing. The lock is complete,
# so nothing is resolved: pip would look at a newer release for `coverage[toml]` and refuse it for want of a hash. Without
# a C compiler mapexpress/page/compiled is left out: the last line says so.
$(VENV)/.installed: requirements-dev.lock pyproject.toml setup.py $(wildcard mapexpress/page/compiled/*.p??)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "mapexpress needs Python 3.11 or newer: make PYTHON=python3.12 …"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes --requirement requirements-dev.lock
	@rm -f mapexpress/page/compiled/*.so
	$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m mapexpress.page.compiled
	@touch $@

demo: install
	@$(BIN)/python -m fixtures.demo

# Units only, in half a minute on two idle cores: no crawl, no browser, no fleet, no expression timed, nothing marked slow
quick: install
	$(BIN)/python -m pytest -n 2 --dist loadfile -m "not crawl and not slow" --ignore=tests/browser --ignore=tests/fleet \
		--ignore=tests/linear

test: install
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/vulture
	$(BIN)/vulture mapexpress benchmarks fixtures fuzz tests docs setup.py vulture_whitelist.py
	$(BIN)/bandit --quiet --recursive --configfile pyproject.toml mapexpress
	$(BIN)/python -m pytest -n 2 --dist loadfile

# Which lines no test of this process runs: crawls in processes of their own are not counted
coverage: install
	$(BIN)/python -m pytest -n 2 --dist loadfile --cov --cov-report=term:skip-covered

lint: install
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/vulture
	$(BIN)/vulture mapexpress benchmarks fixtures fuzz tests docs setup.py vulture_whitelist.py

# Floors are in requirements*.txt; this writes the exact versions with hashes, for every Python we support. Users get the
# versions that the tests ran with.
lock: install
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
		--output-file requirements-dev.lock requirements-dev.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
		--constraint requirements-dev.lock --output-file requirements.lock requirements.txt

# Licences of everything that is locked, and what OSV knows of it where it can be reached
audit: install
	-$(BIN)/python -m pip install --quiet --disable-pip-version-check pip-audit
	$(BIN)/python benchmarks/audit.py

# FUZZ_SECONDS are shared by the targets; what they learn is kept in build/fuzz
FUZZ_SECONDS ?= 1800
fuzz: bench-install
	$(BIN)/python -m fuzz.run --seconds $(FUZZ_SECONDS)

bench-hostile: install
	$(BIN)/python -m benchmarks.hostile --plain

bench: bench-quality bench-speed

bench-install: install
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement benchmarks/requirements.txt

bench-quality: bench-install
	$(BIN)/python benchmarks/bench_quality.py --shared $(SHARED) --html quality.html
	$(BIN)/python benchmarks/left_out.py --shared $(SHARED) --cache build/left-out

bench-speed: bench-install
	$(BIN)/python benchmarks/speed.py --shared $(SHARED)

bench-durability: install
	$(BIN)/python benchmarks/durability.py

bench-invariance: install
	$(BIN)/python -m benchmarks.invariance --shared $(SHARED)

bench-fleet: install
	$(BIN)/python benchmarks/fleet.py

bench-sites: install
	$(BIN)/python -m benchmarks.site_kinds

# A quarter of 36 sites with scripted lives; `UNATTENDED=--quick` for a fortnight of a few of them
UNATTENDED ?=
bench-unattended: install
	$(BIN)/python -m benchmarks.unattended $(UNATTENDED)

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage
