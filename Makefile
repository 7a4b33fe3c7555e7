# The lab's chores. `make` alone lists them; in a handout, without those marked ##+, which need what it leaves out.
DIR ?= support
SERVERS = mp_server.c mt_server.c
C_FILES = $(wildcard support/*.c support/*.h solution/*.c tests/checker/*.[ch] tests/bench/*.c tests/selftest/*.c)
SHELL_FILES = checker.sh support/client_bench.sh $(wildcard .ci/run)
PICTURES = tests/bench/pictures
HANDOUT = concurrent-servers.tar.gz
C_STYLE = {BasedOnStyle: LLVM, IndentWidth: 8, TabWidth: 8, ContinuationIndentWidth: 8, UseTab: Always, ColumnLimit: 120, \
	BreakBeforeBraces: Linux, IndentCaseLabels: false, AllowShortIfStatementsOnASingleLine: false, \
	AllowShortFunctionsOnASingleLine: None, ReflowComments: false, SortIncludes: Never, AlignAfterOpenBracket: DontAlign, \
	AlignArrayOfStructures: Left}
# A folder name inside the archive, so that it unpacks into one place.
HANDOUT_NAME = $(HANDOUT:.tar.gz=)
HANDOUT_FILES = README.md guide.md LICENSE checker.sh Makefile support tests

.PHONY: help build check test bench bench-floor pictures mutants verdicts skeletons diff handout lint format clean

help:  ## list what can be made
	@sed -n 's/^\([a-z-]*\):.*##$(if $(wildcard solution),+*) /\1	/p' Makefile | awk -F'\t' '{ printf "make %-11s %s\n", $$1, $$2 }'

build:  ## compile the servers in support/ and, where there is one, solution/
	$(MAKE) -C support
	[ ! -d solution ] || $(MAKE) -C solution

check:  ## grade a folder: make check [DIR=support]
	@./checker.sh $(DIR)

test:  ##+ the lab's tests of itself
	./checker.sh --selftest

bench:  ## measure the three servers, and show who waited when: make bench [DIR=support] [OPTIONS=--help]
	@python3 -B tests/bench/__main__.py $(OPTIONS) $(DIR)

bench-floor: solution  ##+ measure solution/'s two servers against bare loops of the system calls alone
	@python3 -B tests/bench/__main__.py --floor $(OPTIONS) solution

pictures: solution  ##+ draw the guide's pictures from real runs, into tests/bench/pictures/
	mkdir -p $(PICTURES)
	python3 -B tests/bench/__main__.py --workload cpu --rounds 1 --svg $(PICTURES)/cpu-bound.svg $(OPTIONS) solution
	python3 -B tests/bench/__main__.py --workload slow --rounds 1 --svg $(PICTURES)/slow-client.svg $(OPTIONS) solution
	python3 -B tests/bench/__main__.py --scaling --svg $(PICTURES)/scaling.svg $(OPTIONS) solution

mutants: solution  ##+ change the reference servers a statement at a time, and see which check finds it
	python3 tests/selftest/mutants.py

verdicts: solution  ##+ grade the corpus many times, and write tests/selftest/VERDICTS.md: make verdicts [OPTIONS=--help]
	python3 tests/selftest/verdicts.py $(OPTIONS)

skeletons: solution  ##+ make support/'s two skeletons from solution/
	python3 solution/skeleton.py

solution:
	@echo "there is no solution/ here: this is a handout" >&2; exit 2

diff: solution  ##+ compare a submission with the solution: make diff DIR=...
	@for file in $(SERVERS); do \
		[ -f "$(DIR)/$$file" ] || { echo "make diff: there is no $(DIR)/$$file; name a folder: make diff DIR=..." >&2; exit 2; }; \
	done
	@status=0; for file in $(SERVERS); do diff -u "$(DIR)/$$file" "solution/$$file" || status=$$?; done; [ $$status -le 1 ]

handout: solution  ##+ make the archive that students get
	python3 solution/skeleton.py --check
	tar -czf $(HANDOUT) --transform 's,^,$(HANDOUT_NAME)/,' --exclude=selftest --exclude=__pycache__ --exclude='*.[od]' \
		--exclude=support/server --exclude=support/mp_server --exclude=support/mt_server $(HANDOUT_FILES)
	@echo "$(HANDOUT) made"

lint:  ##+ look for faults with the tools that are installed, and name those that are not
	@set -e; missing=; \
	if command -v gcc >/dev/null; then for file in $(filter %.c,$(C_FILES)); do \
		gcc -std=gnu17 -O1 -Wall -Wextra -Werror -fanalyzer -Isupport -c -o /dev/null $$file; done; \
	else missing="$$missing gcc"; fi; \
	if command -v clang >/dev/null; then for file in $(filter %.c,$(C_FILES)); do \
		clang -std=gnu17 -Wall -Wextra -Werror -Isupport -fsyntax-only $$file; done; \
	else missing="$$missing clang"; fi; \
	if command -v cppcheck >/dev/null; then \
		cppcheck --quiet --error-exitcode=1 --enable=warning,performance,portability --inline-suppr -Isupport $(C_FILES); \
	else missing="$$missing cppcheck"; fi; \
	if command -v shellcheck >/dev/null; then shellcheck $(SHELL_FILES); else missing="$$missing shellcheck"; fi; \
	if command -v clang-format >/dev/null; then clang-format --style='$(C_STYLE)' --dry-run --Werror $(C_FILES); else missing="$$missing clang-format"; fi; \
	[ -z "$$missing" ] || echo "make lint: not installed, so not used:$$missing"; \
	[ ! -d solution ] || python3 solution/skeleton.py --check; echo "make lint: nothing found"

format:  ##+ lay out the C files as lint wants them
	clang-format --style='$(C_STYLE)' -i $(C_FILES)

clean:  ## remove what was compiled
	$(MAKE) -C support clean
	[ ! -d solution ] || $(MAKE) -C solution clean
	$(RM) $(HANDOUT)
