# Two commands for everyone: `make demo` and `make test`. Both set up all they need in .venv.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: help demo test worlds check format docs bench bench-allocation clean
help:
	@echo "make demo    set up, run ten real clusters as one pool, write out/report.html"
	@echo "make test    set up, run all tests"
	@echo "make worlds  compare every discipline with its slow reference on a thousand random traces"
	@echo "make check   format, lint, types, import contracts, docs"
	@echo "make format  bring code into its format"
	@echo "make docs    write the reference pages anew from the code"
	@echo "make bench   time the simulator beside SimPy"
	@echo "make bench-allocation   time the solver beside its peers"

demo: .venv/.installed
	$(BIN)/apportion run examples/itp --engine simulated --out out/run
	@$(BIN)/apportion report out/run --lang zh --out out/report.zh.html
	@$(BIN)/apportion report out/run --out out/report.html

test: .venv/.developing
	$(BIN)/python -m pytest --numprocesses 2 --dist worksteal

WORLDS := first_come preemptive fair_share disciplines homes simpy
worlds: .venv/.developing
	APPORTION_WORLDS=1000 $(BIN)/python -m pytest $(WORLDS:%=tests/cross_checks/test_%.py)

check: .venv/.developing
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python docs/generate.py --check

format: .venv/.developing
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: .venv/.developing
	$(BIN)/python docs/generate.py

bench: .venv/.developing
	$(BIN)/python benchmarks/simulation.py

bench-allocation: .venv/.developing
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev,peers]'
	$(BIN)/python benchmarks/allocation

clean:
	rm -rf .venv out .mypy_cache .ruff_cache .pytest_cache .hypothesis

.venv/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or later is needed; say which with: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)"; exit 2; }
	$(PYTHON) -m venv .venv
	@touch $@

.venv/.installed: .venv/.made pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

.venv/.developing: .venv/.made pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@ .venv/.installed
