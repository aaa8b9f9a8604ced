# Every target installs what it needs: system packages from .ci/packages, Python packages into .venv.
PYTHON ?= python3
BIN := .venv/bin
LOCK ?= .ci/lock
SAMPLE := --lang en --logo docs/sample/clinic.png --clinic-name "Riverside Physical Therapy" \
	--address "12 Mill Lane, Springfield" --phone 555-0100 --website riverside.example --country US

export PYTHONDONTWRITEBYTECODE =

.DEFAULT_GOAL := help
.PHONY: help handout test check wheel pages inputs languages drawings declarations bench soak trust lock clean
.NOTPARALLEL:

help:  ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

handout: .venv/run  ## Make a real handout with the sample logo: handout-en.pdf
	$(BIN)/make-handout $(SAMPLE)

test: .venv/dev  ## Run the tests (5 to 7 minutes on two cores)
	$(BIN)/python -m pytest -n auto -m "not matrix and not soak"

check: .venv/dev  ## Run the linter, the formatter and the type checker
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

wheel: .venv/dev  ## Build the wheel into dist/
	$(BIN)/python -m build --outdir dist

pages: .venv/dev  ## Turn the sample's pages into the README's pictures
	mkdir -p docs/pages out
	$(BIN)/make-handout $(SAMPLE) --paper letter --output out/sample.pdf
	rm -f docs/pages/page-*.png
	pdftoppm -r 60 -png out/sample.pdf docs/pages/page
	cp docs/sample/clinic.png out/ && cd out && $(CURDIR)/$(BIN)/make-handout init --force --yes \
		--name "Riverside Physical Therapy" --logo clinic.png --phone 555-0100 --website riverside.example --country US
	cd out && $(CURDIR)/$(BIN)/make-handout --patient "Ann Lee" --clinician "Ada Moss" --date 2026-11-25 --side left \
		--technique ball.wall --technique fingers --technique figure-four-chair --technique strength --caution blood-thinner \
		--note "Start with the wall. Call me if it gets worse." --output ann.pdf
	pdftoppm -r 60 -png -f 1 -l 1 -singlefile out/handout-en.pdf docs/pages/desk-clinic
	pdftoppm -r 60 -png -f 1 -l 1 -singlefile out/ann.pdf docs/pages/desk-patient-1
	pdftoppm -r 60 -png -f 3 -l 3 -singlefile out/ann.pdf docs/pages/desk-patient-2

inputs: .venv/dev  ## Try every kind of input, and write docs/inputs.md and docs/logos.jpg
	$(BIN)/python benchmarks/inputs.py
	$(BIN)/python benchmarks/logos.py

languages: .venv/dev  ## Compare the languages, and write docs/languages.md and docs/languages.jpg
	$(BIN)/python benchmarks/languages.py

bench: .venv/dev  ## Measure against plain WeasyPrint and Typst, and write docs/benchmarks.md (25 minutes)
	.ci/install bench
	$(BIN)/python -m benchmarks.bench

soak: .venv/dev  ## Run what takes long: every sheet through veraPDF, a batch killed 20 times, Postfix, cups, benchmarks
	.ci/install soak
	$(BIN)/python -m pytest -n auto -m "matrix or soak"
	$(BIN)/python benchmarks/soak_batch.py
	$(BIN)/python -m benchmarks.scale
	$(BIN)/python -m benchmarks.mail_soak
	$(BIN)/python -m benchmarks.cups_soak
	$(MAKE) bench
	$(MAKE) trust

trust: .venv/dev  ## Try to break it: thousands of inputs, kills and faults, a search for patients' data (docs/trust.md)
	.ci/install soak
	$(BIN)/python -m benchmarks.prints
	$(BIN)/python -m benchmarks.contrast
	$(BIN)/python -m benchmarks.privacy
	$(BIN)/python -m benchmarks.faults
	$(BIN)/python -m benchmarks.fuzz

drawings: .venv/dev  ## Draw the figures in advance, after one has changed
	$(BIN)/python -m benchmarks.drawings

declarations: .venv/dev  ## Parse WeasyPrint's C declarations in advance, after it has changed
	$(BIN)/python -m benchmarks.declarations

lock:  ## Install the newest versions of all packages, and write them down for everybody once `make test` passes
	rm -rf .venv
	$(MAKE) test LOCK=/dev/null
	$(BIN)/python -m pip freeze --exclude-editable >.ci/lock

clean:  ## Remove what make made
	rm -rf .venv dist out handout-*.pdf

# All system packages at once, so that whoever has to ask an administrator asks once. A Python with ensurepip, such as pyenv's,
# needs no package for venv; an environment without pip is what an interrupted run left, and is made anew.
define install
	.ci/install $$($(PYTHON) -c "import ensurepip" 2>/dev/null || echo venv) $(1)
	$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint $(LOCK) --editable "$(2)"
	touch $@
endef

.venv/run: pyproject.toml .ci/packages .ci/lock
	$(call install,run,.)

.venv/dev: pyproject.toml .ci/packages .ci/lock
	$(call install,run test,.[dev])
	touch .venv/run
