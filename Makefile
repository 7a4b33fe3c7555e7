# The lab's chores. `make` alone lists them; in a handout, which leaves out what those marked ##+
# need, it lists the others.
DIR ?= support
BENCH = python3 -E -B tests bench
CAMPAIGN = PYTHONPATH=tests python3 -B -m selftest.campaigns
PICTURES = tests/bench/pictures
PLATFORMS = tests/classroom/platforms

# The archive unpacks into a folder of its own name.
HANDOUT_NAME = concurrent-servers
HANDOUT = $(HANDOUT_NAME).tar.gz
HANDOUT_FILES = README.md guide.md LICENSE checker.sh Makefile .editorconfig support tests
NOT_HANDED_OUT = selftest tests/classroom __pycache__ .mypy_cache .pytest_cache *.[od] \
	support/server support/mp_server support/mt_server

.PHONY: help build check class unit test test-all bench bench-floor pictures mutants verdicts \
	skeletons diff handout gradescope github lint format clean

help:  ## list what can be made
	@sed -n 's/^\([a-z-]*\):.*##$(if $(wildcard solution),+*) /\1	/p' Makefile | \
		awk -F'\t' '{ printf "make %-11s %s\n", $$1, $$2 }'

build:  ## compile the servers in support/ and, where there is one, solution/
	$(MAKE) -C support
	[ ! -d solution ] || $(MAKE) -C solution

check:  ## grade a folder: make check [DIR=support] [ARGS=--help]
	@./checker.sh $(ARGS) $(DIR)

class:  ##+ grade a class: make class SUBMISSIONS=DIR [OUT=build/class] [ARGS=--help]
	@./checker.sh --class $(if $(SUBMISSIONS),'$(SUBMISSIONS)') \
		$(if $(OUT),--out '$(OUT)') $(ARGS)

unit:  ##+ the lab's tests of itself that take no time: make unit [ARGS="-k quiet"]
	./checker.sh --selftest unit $(ARGS)

test:  ##+ the lab's tests of itself, but for the longest: make test [ARGS=...]
	./checker.sh --selftest $(ARGS)

test-all:  ##+ the lab's tests of itself, all of them: make test-all [ARGS=...]
	./checker.sh --selftest --whole $(ARGS)

bench:  ## measure the servers, draw who waited when: make bench [DIR=support] [ARGS=--help]
	@$(BENCH) $(ARGS) $(DIR)

bench-floor: solution  ##+ measure solution/'s two servers against bare loops of system calls
	@$(BENCH) --floor $(ARGS) solution

pictures: solution  ##+ draw the guide's pictures from real runs, into tests/bench/pictures/
	mkdir -p $(PICTURES)
	$(BENCH) --workload cpu --rounds 1 --svg $(PICTURES)/cpu-bound.svg $(ARGS) solution
	$(BENCH) --workload slow --rounds 1 --svg $(PICTURES)/slow-client.svg $(ARGS) solution
	$(BENCH) --scaling --svg $(PICTURES)/scaling.svg $(ARGS) solution

mutants: solution  ##+ change the reference servers one statement at a time: which check finds it?
	$(CAMPAIGN).mutants $(ARGS)

verdicts: solution  ##+ grade all submissions many times: make verdicts [ARGS=--help]
	$(CAMPAIGN).verdicts $(ARGS)

skeletons: solution  ##+ make support/'s two skeletons from solution/
	python3 solution/skeleton.py

solution:
	@echo "there is no solution/ here: this is a handout" >&2; exit 2

diff: solution  ##+ compare a submission with the solution: make diff [DIR=support]
	@.ci/diff "$(DIR)"

handout: solution  ##+ make the archive that students get
	python3 solution/skeleton.py --check
	tar -czf $(HANDOUT) --transform 's,^,$(HANDOUT_NAME)/,' \
		$(NOT_HANDED_OUT:%=--exclude='%') $(HANDOUT_FILES)
	@echo "$(HANDOUT) made"

gradescope: handout  ##+ make the autograder that Gradescope takes: build/gradescope.zip
	@mkdir -p build && rm -f build/gradescope.zip
	@python3 -m zipfile -c build/gradescope.zip $(PLATFORMS)/gradescope/* $(HANDOUT)
	@echo "build/gradescope.zip made"

github: solution  ##+ make what GitHub Classroom reads, in build/github/
	@mkdir -p build/github/.github/workflows build/github/.github/classroom
	@PYTHONPATH=tests python3 -B -m classroom.platforms.github workflow \
		> build/github/.github/workflows/classroom.yml
	@PYTHONPATH=tests python3 -B -m classroom.platforms.github autograding \
		> build/github/.github/classroom/autograding.json
	@echo "build/github/.github/ made"

lint:  ##+ look for faults with the linters that are installed, and name those that are not
	@.ci/lint

format:  ##+ lay out the C files as lint wants them
	clang-format -i $$(.ci/files c) $$(.ci/files headers)

clean:  ## remove what was compiled
	$(MAKE) -C support clean
	[ ! -d solution ] || $(MAKE) -C solution clean
	$(RM) $(HANDOUT)
