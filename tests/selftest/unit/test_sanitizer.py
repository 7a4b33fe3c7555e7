"""What ThreadSanitizer's reports say, and that a ThreadSanitizer that does not work is named.

The reports are recorded ones, of gcc 12 and clang 14; those of the other compilers have the form of
their release: gcc 10 and 11 name the interceptor's file otherwise, gcc 13 and later add a BuildId.
"""
from __future__ import annotations

import re

import pytest

from checks import sanitizer
from checks.sanitizer import BROKEN_OFF, ENDED, NO_RUN, Finding, Run, finding_in

SOURCE = "mt_server.c"
RULE = "=" * 18

GCC_12 = """\
==================
WARNING: ThreadSanitizer: data race (pid=29030)
  Write of size 4 at 0x7ffd4ad3b6ac by main thread:
    #0 run_server /tmp/lab-x/mt_server.c:30 (mt_server+0x140e)
    #1 main /tmp/lab-x/main.c:47 (mt_server+0x15ab)

  Previous read of size 4 at 0x7ffd4ad3b6ac by thread T1:
    #0 serve /tmp/lab-x/mt_server.c:16 (mt_server+0x139e)

  Location is stack of main thread.

  Location is global '<null>' at 0x000000000000 ([stack]+0x1e6ac)

  Thread T1 (tid=16085, finished) created by main thread at:
    #0 pthread_create ../../../../src/libsanitizer/tsan/tsan_interceptors_posix.cpp:1001 \
(libtsan.so.2+0x5e686)
    #1 run_server /tmp/lab-x/mt_server.c:31 (mt_server+0x1425)
    #2 main /tmp/lab-x/main.c:47 (mt_server+0x15ab)

SUMMARY: ThreadSanitizer: data race /tmp/lab-x/mt_server.c:30 in run_server
==================
"""
CLANG_14 = """\
LLVMSymbolizer: error reading file: No such file or directory
==================
WARNING: ThreadSanitizer: data race (pid=22016)
  Write of size 4 at 0x7ffd7eb4b9ec by main thread:
    #0 run_server /tmp/lab-x/mt_server.c:30:16 (mt_server+0xd01c1) (BuildId: c7df641bf4edc5f7)
    #1 main /tmp/lab-x/main.c:47:2 (mt_server+0xd02a6) (BuildId: c7df641bf4edc5f7)

  Previous read of size 4 at 0x7ffd7eb4b9ec by thread T1:
    #0 serve /tmp/lab-x/mt_server.c:16:18 (mt_server+0xd0145) (BuildId: c7df641bf4edc5f7)

  Location is stack of main thread.

  Thread T1 (tid=2521, finished) created by main thread at:
    #0 pthread_create <null> (mt_server+0x513fd) (BuildId: c7df641bf4edc5f7)
    #1 run_server /tmp/lab-x/mt_server.c:31:13 (mt_server+0xd01d6) (BuildId: c7df641bf4edc5f7)

SUMMARY: ThreadSanitizer: data race /tmp/lab-x/mt_server.c:30:16 in run_server
==================
"""
# A descriptor that the kernel has given anew is a race of the lab's own lines, and none.
IN_THE_LAB_S_FILES = """\
==================
WARNING: ThreadSanitizer: data race (pid=29030)
  Read of size 8 at 0x7ba000000040 by thread T4:
    #0 recv ../../../../src/libsanitizer/sanitizer_common/sanitizer_common_interceptors.inc:6761 \
(libtsan.so.2+0x5564d)
    #1 read_request /tmp/lab-x/fibonacci.c:46 (mt_server+0x1a24)
    #2 serve_client /tmp/lab-x/fibonacci.c:134 (mt_server+0x1a24)
    #3 serve /tmp/lab-x/mt_server.c:19 (mt_server+0x13b4)

  Previous write of size 8 at 0x7ba000000040 by main thread:
    #0 accept ../../../../src/libsanitizer/sanitizer_common/sanitizer_common_interceptors.inc:2930 \
(libtsan.so.2+0x58e2b)
    #1 tcp_accept /tmp/lab-x/tcp.c:73 (mt_server+0x17a7)
    #2 run_server /tmp/lab-x/mt_server.c:30 (mt_server+0x1404)

SUMMARY: ThreadSanitizer: data race /tmp/lab-x/fibonacci.c:46 in read_request
==================
"""


def first_race(output: str, source: str) -> str:
    """Returns the race in an output, in words: file and lines."""
    return bare(finding_in(Run(output), source).race)


def bare(race: str) -> str:
    """Returns the words for a race without those for each access."""
    return re.sub(r" \((read|write) in \w+\(\)(; (read|write) in \w+\(\))?\)", "", race)


def report(first: str, second: str, kinds: str = "Write/Previous read") -> str:
    """Returns a report with these two stacks."""
    one, other = kinds.split("/")
    return (f"{RULE}\nWARNING: ThreadSanitizer: data race (pid=1)\n"
            f"  {one} of size 8 at 0x7b0400000800 by thread T2:\n{first}\n"
            f"  {other} of size 8 at 0x7b0400000800 by main thread:\n{second}\n"
            f"SUMMARY: ThreadSanitizer: data race\n{RULE}\n")


GCC_10 = report("    #0 serve /tmp/lab-x/mt_server.c:16 (mt_server+0x1399)\n",
                "    #0 run_server /tmp/lab-x/mt_server.c:30 (mt_server+0x13f8)\n"
                "    #1 main /tmp/lab-x/main.c:47 (mt_server+0x15a0)\n", "Read/Previous write")
GCC_11 = report("    #0 free ../../../../src/libsanitizer/tsan/tsan_interceptors_posix.cpp:711 "
                "(libtsan.so.0+0x37ab8)\n    #1 serve /tmp/lab-x/mt_server.c:16 (mt_server+0x1)\n",
                "    #0 memcpy ../../../../src/libsanitizer/sanitizer_common/"
                "sanitizer_common_interceptors.inc:827 (libtsan.so.0+0x6243e)\n"
                "    #1 run_server /tmp/lab-x/mt_server.c:30 (mt_server+0x13f8)\n")
GCC_13 = report("    #0 serve /tmp/lab-x/mt_server.c:16 (mt_server+0x139e) "
                "(BuildId: 5a1d0c22a7f0e0d6f1c7a4d5a0a1b2c3d4e5f607)\n",
                "    #0 run_server /tmp/lab-x/mt_server.c:30 (mt_server+0x140e) "
                "(BuildId: 5a1d0c22a7f0e0d6f1c7a4d5a0a1b2c3d4e5f607)\n", "Read/Previous write")
GCC_14 = report("    #0 serve mt_server.c:16 (mt_server+0x139e) (BuildId: 5a1d0c22a7f0)\n",
                "    #0 run_server mt_server.c:30 (mt_server+0x140e) (BuildId: 5a1d0c22a7f0)\n",
                "Write/Previous atomic write")
CLANG_18 = report("    #0 serve /tmp/lab-x/mt_server.c:16:18 (mt_server+0xe5d2f) "
                  "(BuildId: 2c9f4f0d)\n",
                  "    #0 run_server /tmp/lab-x/mt_server.c:30:16 (mt_server+0xe5e01) "
                  "(BuildId: 2c9f4f0d)\n", "Read/Previous write")


ATOMIC_FIRST = report("    #0 serve mt_server.c:16 (mt_server+0x139e)\n",
                      "    #0 run_server mt_server.c:30 (mt_server+0x140e)\n",
                      "Atomic write/Previous read")


@pytest.mark.parametrize("output", [GCC_10, GCC_11, GCC_13, GCC_14, CLANG_18,
                                    ATOMIC_FIRST])
def test_a_race_is_found_in_the_reports_of_each_compiler(output: str) -> None:
    assert first_race(output, SOURCE) == "mt_server.c, line 16 and line 30"


@pytest.mark.parametrize("output", [GCC_12, CLANG_14])
def test_a_race_is_found_in_recorded_reports(output: str) -> None:
    assert first_race("listening on 46245\n" + output, SOURCE) == (
        "mt_server.c, line 30 and line 16")


def test_the_innermost_line_of_the_submission_counts() -> None:
    deep = ("    #0 take /tmp/lab-x/mt_server.c:5 (mt_server+0x1)\n"
            "    #1 serve /tmp/lab-x/mt_server.c:16 (mt_server+0x2)\n")
    flat = "    #0 run_server /tmp/lab-x/mt_server.c:30 (mt_server+0x3)\n"
    assert first_race(report(deep, flat), SOURCE) == "mt_server.c, line 5 and line 30"


def test_a_line_that_races_with_itself_is_named_once() -> None:
    own = "    #0 serve /tmp/lab-x/mt_server.c:48 (mt_server+0x1)\n"
    assert first_race(report(own, own), SOURCE) == "mt_server.c, line 48, by two threads"


def test_the_words_name_both_accesses_and_the_variable() -> None:
    output = GCC_12.replace("global '<null>'", "global 'count' of size 4")
    assert finding_in(Run(output), SOURCE).race == (
        "mt_server.c, line 30 (write in run_server()) and line 16 (read in serve()); the variable "
        "is 'count'")
    assert "variable" not in finding_in(Run(GCC_12), SOURCE).race


def test_a_path_may_hold_blanks() -> None:
    blanks = GCC_12.replace("/tmp/lab-x/", "/tmp/my own folder/lab-x/")
    assert first_race(blanks, SOURCE) == "mt_server.c, line 30 and line 16"


def test_an_access_in_the_lab_s_own_files_is_no_race() -> None:
    assert first_race(IN_THE_LAB_S_FILES, SOURCE) == ""


def test_a_race_after_one_in_the_lab_s_own_files_is_found() -> None:
    assert first_race(IN_THE_LAB_S_FILES + GCC_12, SOURCE) == "mt_server.c, line 30 and line 16"


def test_one_side_alone_is_no_race() -> None:
    library = "    #0 strsignal ../../string/strsignal.c:30 (libc.so.6+0x9b1d0)\n"
    own = "    #0 serve /tmp/lab-x/mt_server.c:16 (mt_server+0x1)\n"
    assert first_race(report(own, library), SOURCE) == ""


def test_a_stack_that_could_not_be_restored_is_no_side() -> None:
    own = "    #0 serve /tmp/lab-x/mt_server.c:16 (mt_server+0x1)\n"
    assert first_race(report(own, "    [failed to restore the stack]\n"), SOURCE) == ""


def test_a_report_of_another_kind_is_no_race() -> None:
    leak = GCC_12.replace("data race", "thread leak")
    assert first_race(leak, SOURCE) == ""


def test_a_report_that_is_cut_off_is_no_race() -> None:
    assert first_race(GCC_12[:GCC_12.index("  Previous")], SOURCE) == ""


def test_the_names_of_functions_need_no_source() -> None:
    stripped = GCC_12.replace("/tmp/lab-x/mt_server.c:30", "<null>")
    assert first_race(stripped, SOURCE) == ""


# --- what it does not see ---

def test_a_race_with_the_main_thread_is_none_where_signals_may_order() -> None:
    for output in (GCC_12, CLANG_14):
        found = finding_in(Run(output), SOURCE, "sigwait")
        assert found == Finding(missing="it does not see what sigwait() orders")


def test_a_race_of_other_threads_is_one_all_the_same() -> None:
    own = "    #0 serve /tmp/lab-x/mt_server.c:48 (mt_server+0x1)\n"
    workers = report(own, own).replace("by main thread", "by thread T1")
    assert bare(finding_in(Run(GCC_12 + workers), SOURCE, "sigwait").race) == (
        "mt_server.c, line 48, by two threads")
    assert finding_in(Run("listening on 4711\n"), SOURCE, "sigwait") == Finding()


@pytest.mark.parametrize("source, unseen", [
    ("sigwait(&set, &number);", "sigwait"), ("atomic_thread_fence(memory_order_seq_cst);",
                                             "atomic_thread_fence"),
    ("my_sigwait(&set);", ""), ("/* no sigwait here */", "")])
def test_what_it_does_not_see_is_found_in_the_source(source: str, unseen: str) -> None:
    found = sanitizer.UNSEEN.search(source)
    assert (found[1] if found else "") == unseen


# --- the witness that is missing ---

def test_a_run_with_a_race_is_a_race_even_if_some_got_no_reply() -> None:
    run = Run(GCC_12, "under it, some clients got no reply")
    assert bare(finding_in(run, SOURCE).race) == "mt_server.c, line 30 and line 16"


def test_a_run_without_a_report_says_nothing() -> None:
    assert finding_in(Run("listening on 4711\n"), SOURCE) == Finding()


@pytest.mark.parametrize("problem", [NO_RUN, ENDED, BROKEN_OFF])
def test_a_run_that_came_to_no_good_end_is_no_witness(problem: str) -> None:
    assert finding_in(Run("listening on 4711\n", problem), SOURCE) == Finding(missing=problem)


@pytest.mark.parametrize("problem", [NO_RUN, ENDED, BROKEN_OFF])
def test_a_race_that_was_reported_before_that_counts(problem: str) -> None:
    assert bare(finding_in(Run(GCC_12, problem), SOURCE).race) == "mt_server.c, line 30 and line 16"
