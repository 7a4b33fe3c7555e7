"""classroom/similar.py: copies that somebody has disguised rank above all that were written
independently of one another; what is hostile stays text, and costs only itself."""
from __future__ import annotations

import random
import re
import time
from pathlib import Path
from typing import Dict, List, Sequence, Tuple

import pytest

from classroom import own, shapes, similar, tokens, winnowing
from classroom.model import SERVERS, Submission
from classroom.oddities import MISSPELLING, Oddity, oddities
from classroom.similar_files import Work, works_of
from classroom.similar_pairs import Pair, groups, ranked
from classroom.tiling import tiles
from selftest.disguise import ALONE, COMBINED, Disguise
from selftest.process import LAB

CORRECT = LAB / "tests/selftest/submissions/correct"
COPY = " (copy)"
SEEDS = {"combined": (1, 2)}  # (1,) for the others
# Of the copies in which statements were inserted, how many rank above all that is no copy. Two
# files of the corpus are variants of one another (LARGEST), and so is what few copies are left.
INSERTED = 0.95
SOLUTION = (LAB / "solution/mp_server.c").read_text()
MT = (LAB / "solution/mt_server.c").read_text()
BAD = {
    "empty": b"", "blank": b" \n", "zeros": b"\0\1\2", "no UTF-8": b"\xff\xfe\xfa",
    "comment": b"/*", "string": b'"', "character": b"'", "backslashes": b"\\\n" * 9,
    "#define": b"#define", "#": b"#", "closed": b"}" * 9, "opened": b"{" * 5000,
    "parentheses": b"(" * 40000, "statements": b"x=1;" * 60000, "quotes": b'"\\' * 40000,
    "skeletons": b"for(;;){int c=tcp_accept(l);" * 3000, "markers": b"/* TODO 1: x */" * 3000,
    "macros": b"#define A \\\n" * 3000, "surrogate": b"/* \xed\xa0\x80 */",
    "words": "/* {} */".format(" ".join(f"w{'ab'[at % 2]}ord{at}x" for at in range(4000))).encode(),
}
EVIL = "</code><script>alert(1)</script><img src=x onerror=alert(1)>\u202e&\"'"


def submission(name: str, mp: str = "", mt: str = "") -> Submission:
    sources = {"mp_server": mp.encode(), "mt_server": mt.encode()}
    return Submission(name, name, name, {key: one for key, one in sources.items() if one}, [])


def works(*several: Submission, old: Sequence[Submission] = ()) -> List[Work]:
    return works_of(several, [one.name for one in several], old, [one.name for one in old])


def corpus(server: str) -> Dict[str, str]:
    return {path.stem: path.read_text() for path in sorted((CORRECT / server[:2]).glob("*.c"))}


def class_with_copies(server: str, disguise: Disguise, seed: int) -> List[Work]:
    """The corpus as a class, in which each has been copied by one other."""
    texts = corpus(server)
    texts.update({name + COPY: disguise(text, random.Random(f"{seed} {name}"))
                  for name, text in corpus(server).items()})
    several = [Submission(name, name, name, {server: text.encode()}, [])
               for name, text in texts.items()]
    return works(*several)


def margins(found: List[Work]) -> Tuple[List[float], float]:
    """The likeness of each copy and its original, and the largest of two that are independent."""
    copies = [1.0 for work in found if len(work.members) > 1]
    largest = 0.0
    for pair in ranked(found):
        one, other = found[pair.first].members[0], found[pair.second].members[0]
        if other == one + COPY:
            copies.append(pair.likeness[0])
        elif COPY not in one + other:
            largest = max(largest, pair.likeness[0])
    return sorted(copies), largest


@pytest.mark.parametrize("server", SERVERS)
@pytest.mark.parametrize("disguise", sorted(ALONE) + ["combined"])
def test_disguised_copies_rank_first(server: str, disguise: str) -> None:
    for seed in SEEDS.get(disguise, (1,)):
        found = class_with_copies(server, {**ALONE, "combined": COMBINED}[disguise], seed)
        copies, largest = margins(found)
        above = sum(likeness > largest for likeness in copies)
        print(f"{server}, {disguise}, {seed}: {above} of {len(corpus(server))} copies above all "
              f"else; least {copies[0]:.2f}, largest of no copy {largest:.2f}")
        least = INSERTED if disguise in ("dead code", "combined") and server == "mt_server" else 1
        assert above >= least * len(corpus(server))


def test_a_copy_is_found_in_one_direction() -> None:
    more = SOLUTION.replace("#include \"server.h\"", """#include "server.h"
static long table[64];
static void remember(long key) {
    for (int at = 0; at < 64; at++)
        if (table[at] == 0 && key > 0 && (key & 7) != 3) { table[at] = key; break; }
    for (int at = 0; at < 64; at++) if (table[at] == key) table[at] += at * 2 - (key >> 3); }
""")
    found = works(submission("a", SOLUTION), submission("b", more))
    share = ranked(found)[0].alike["mp_server"].runs
    assert share.first > 0.99 and share.second < 0.8


def test_the_skeleton_is_not_compared() -> None:
    given = (LAB / "support/mp_server.c").read_text()
    moved = "\n\n".join(reversed(given.split("\n\n"))).replace("connfd", "client_fd")
    for text in (given, given.replace("\t", "  "), moved, SOLUTION.split("/* TODO 1")[0]):
        assert not any(work.files["mp_server"].fragments for work in works(submission("a", text)))


def test_all_that_stands_in_a_region_is_the_students() -> None:
    given = (LAB / "support/mp_server.c").read_text()
    again = "\tfor (;;) {\n\t\tint connfd = tcp_accept(listenfd);\n"
    text = given.replace("/* END TODO 2 */", again + "/* END TODO 2 */")
    parts = own.own_parts(tokens.tokens_of(text), "mp_server")
    assert "tcp_accept" in [shape.text for part in parts for shape in part]


def test_what_everybody_writes_counts_for_nobody() -> None:
    several = [submission(f"s{at}", SOLUTION + f"int x{at}(void) {{ return getpid() % {at}; }}\n")
               for at in range(12)]
    assert ranked(works(*several)) == []


def test_identical_submissions_are_one() -> None:
    found = works(submission("a", SOLUTION), submission("b", SOLUTION), submission("c", "int x;"))
    assert [work.members for work in found] == [["a", "b"], ["c"]]


def test_earlier_years_are_not_compared_with_one_another() -> None:
    other = ALONE["renamed"](SOLUTION, random.Random(1))
    found = works(submission("new", SOLUTION), old=[submission("old", other),
                                                    submission("older", other + "int y;\n")])
    pairs = {(pair.first, pair.second) for pair in ranked(found)}
    assert pairs == {(0, 1), (0, 2)}


def test_oddities_are_what_only_two_have() -> None:
    odd = "/* a zombi, as befor */ static int florbulate; char *s = \"quuxly done\"; int sigaction;"
    found = oddities(works(submission("a", odd), submission("b", "int a;" + odd),
                           submission("c", "int everybody;"), submission("d", "int everybody, q;"),
                           submission("e", "int everybody, r;")))
    assert list(found) == [(0, 1)]
    assert set(found[0, 1]) == {Oddity(MISSPELLING, "zombi"), Oddity(MISSPELLING, "befor"),
                                Oddity("name", "florbulate"), Oddity("string", '"quuxly done"')}


def test_groups_follow_the_nearest() -> None:
    def pair(first: int, second: int) -> Pair:
        found = ranked(works(submission("a", SOLUTION), submission("b", SOLUTION + "int x;\n")))
        return found[0]._replace(first=first, second=second)
    assert [group for _, group in groups([pair(0, 1), pair(1, 2), pair(3, 4)])] == [[0, 1, 2]]


def test_hostile_names_and_sources_stay_text(tmp_path: Path) -> None:
    body = SOLUTION + f"/* {EVIL} */ char *quuxly = \"{EVIL}\";\n"
    several = [submission(f"{EVIL}{at}", body + f"int x{at};\n") for at in range(3)]
    similar.write(tmp_path, several, old=[submission(f"{EVIL}{at}", body) for at in range(2)])
    page = (tmp_path / "similar.html").read_text()
    assert "<script" not in page and "<img" not in page and "onerror=alert(1)&gt;" in page
    assert "\u202e" not in page


def test_it_is_said_first_what_is_not_said(tmp_path: Path) -> None:
    similar.write(tmp_path, [submission("a", SOLUTION), submission("b", SOLUTION)])
    page = (tmp_path / "similar.html").read_text()
    text = re.sub("<[^>]*>", "", page.split("</h1>")[1])
    assert text.startswith("This finds what is similar, not what was copied.")
    assert "all files: " in page


def test_nobody_is_named_in_an_anonymous_page(tmp_path: Path) -> None:
    several = [submission("Ana", SOLUTION), submission("Ion", SOLUTION + "int x;\n"),
               submission("Vlad", "int y;\n"), submission("Mara", "")]
    similar.write(tmp_path, several, old=[submission("Radu", SOLUTION)], anonymous=True)
    page = (tmp_path / "similar.html").read_text()
    assert not re.search("Ana|Ion\\b|Vlad|Mara|Radu|results/", page) and "No. 1" in page


def test_links_lead_somewhere(tmp_path: Path) -> None:
    several = [submission(f"s{at}", SOLUTION + f"int x{at};\n", MT) for at in range(4)]
    similar.write(tmp_path, several)
    page = (tmp_path / "similar.html").read_text()
    ids = re.findall(r"\bid=['\"]([^'\"]*)", page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r"href=['\"]#([^'\"]*)", page)) <= set(ids)


@pytest.mark.parametrize("kind", BAD)
def test_whatever_was_handed_in_costs_only_itself(kind: str, tmp_path: Path) -> None:
    bad = [Submission(name, name, name, {"mp_server": BAD[kind] + name.encode(),
                                         "mt_server": BAD[kind]}, []) for name in "ab"]
    good = [submission("c", SOLUTION), submission("d", SOLUTION + "int x;\n")]
    begun = time.process_time()
    similar.write(tmp_path, [*bad, *good])
    assert time.process_time() - begun < 5
    assert "pair-1" in (tmp_path / "similar.html").read_text()


def test_the_page_is_the_same_each_time(tmp_path: Path) -> None:
    several = [submission(name, text) for name, text in list(corpus("mp_server").items())[:12]]
    pages = []
    for _ in range(2):
        similar.write(tmp_path, several)
        pages.append((tmp_path / "similar.html").read_bytes())
    assert pages[0] == pages[1]


def test_winnowing_finds_any_run_that_is_long_enough() -> None:
    draw = random.Random(3)
    for _ in range(50):
        run = [str(draw.randrange(9)) for _ in range(winnowing.K + winnowing.W - 1)]
        one = ["a"] * draw.randrange(20) + run + ["b"] * draw.randrange(20)
        other = ["c"] * draw.randrange(20) + run + ["d"] * draw.randrange(20)
        assert winnowing.fingerprints(one) & winnowing.fingerprints(other)


def test_tiles_do_not_overlap() -> None:
    assert tiles("abcdXabc", "abcabcd", 3) == [(0, 3, 4), (5, 0, 3)]


@pytest.mark.parametrize("one, other", [
    ("int a = f();", "pid_t b;\n\tb = f();"), ("int a; int b;", "long c, *d[4];"),
    ("if (a) { g(1); }", "if (b) g('x');"), ('puts("a" "b");', 'puts("c");'),
    ("static void h(int x);\nint k(void);", ""), ("g(a\\\n, b);", "g(c,/**/ d);"),
])
def test_shapes_that_are_the_same(one: str, other: str) -> None:
    def shape(body: str) -> List[str]:
        text = body if "static" in body else f"void run(void)\n{{\n\t{body}\n}}\n"
        return [one.text for part in shapes.parts_of(tokens.tokens_of(text)) for one in part]
    assert shape(one) == (shape(other) if other else [])
