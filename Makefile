# Two commands matter: `make demo` shows the main job at work, `make test` runs everything. Both set up what they need.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
SEED ?= 1

.PHONY: demo test lint format score fuzz year clean setup system

demo: $(READY)
	$(BIN)/mailbot demo

test: $(READY) system
	$(BIN)/python -m pytest -n auto --dist worksteal

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

score: $(READY)
	$(BIN)/python tests/corpus/score.py tests/corpus/complaints --command '$(BIN)/mailbot parse --own-domain huaxin-mfg.example --own-domain huaxin-mfg.example.cn --json {file}'

# Mails gone wrong, for a minute; what breaks a promise is kept in fuzz-failures/.
fuzz: $(READY)
	PYTHONPATH=tests $(BIN)/python -m fuzz.promises --seconds 60

# A year in a factory, played with the real program in five minutes; the report is printed. docs/year.md explains it.
year: $(READY)
	PYTHONPATH=tests $(BIN)/python -m year.play --seed $(SEED)

setup: $(READY)

# Servers and programs the tests talk to. Installed when root on Debian; otherwise said plainly.
system:
	@sh tests/system-packages.sh

$(READY): pyproject.toml constraints.txt tests/make-venv.sh
	@sh tests/make-venv.sh $(PYTHON) $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[demo,postgresql]' --group dev
	@touch $@

clean:
	rm -rf $(VENV) build dist demo-output fuzz-failures .pytest_cache .mypy_cache .ruff_cache .hypothesis
