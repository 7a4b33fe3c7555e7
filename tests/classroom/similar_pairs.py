"""How alike two works are.

Two measures, as no single one finds both disguises: runs of tokens (winnowing), which survive that
everything is renamed, moved and laid out anew, and statements, which survive that something is put
between them. Each fragment counts by its rarity, 1 + log(N / (1 + f)) for one that f of N works
have: what everybody writes says nothing about two.

mp_server.c is compared with mp_server.c only, and mt_server.c with mt_server.c. What the two have
in common is the skeleton; what a student adds to one calls other functions than what goes into the
other, and where it does not, both are most often by the same student."""
from __future__ import annotations

import math
from collections import defaultdict
from itertools import combinations
from typing import Callable, Dict, FrozenSet, List, NamedTuple, Sequence, Set, Tuple

from classroom.model import SERVERS
from classroom.similar_files import File, Work

# What more than this share of the works have is ignored, from FEW works on. Smaller: what a large
# group shares is lost. Larger: everybody looks alike.
COMMON, FEW = 0.25, 10
# What this many works have is never ignored for that. Smaller: in a small class, a group of three
# hides itself. Larger: idioms count in a small class.
ALWAYS = 5


class Share(NamedTuple):
    """How much two works share, by one measure, from 0 to 1."""
    first: float = 0.0  # of the first one's fragments, those that the second has
    second: float = 0.0
    both: float = 0.0  # of both together


class Alike(NamedTuple):
    """How alike one file of two works is."""
    runs: Share
    statements: Share

    @property
    def best(self) -> Share:
        """The measure by which they are more alike."""
        return max(self.runs, self.statements, key=lambda share: share.both)


class Pair(NamedTuple):
    """Two works, by their numbers, which are alike at all."""
    first: int
    second: int
    alike: Dict[str, Alike]  # by server

    @property
    def likeness(self) -> Tuple[float, float]:
        """What pairs are ranked by: the file that is more alike, then the other."""
        most = sorted((one.best.both for one in self.alike.values()), reverse=True)
        return most[0], most[1] if len(most) > 1 else 0.0


Fragments = Callable[[File], FrozenSet[int]]
NOTHING = Share()


def ranked(works: Sequence[Work]) -> List[Pair]:
    """Returns the pairs that share anything, the most alike first. Two works of earlier years are
    no pair."""
    found: Dict[Tuple[int, int], Dict[str, Alike]] = defaultdict(dict)
    for server in SERVERS:
        runs = _shares(works, server, lambda file: file.fragments)
        statements = _shares(works, server, lambda file: file.statements)
        for pair in sorted({*runs, *statements}):
            found[pair][server] = Alike(runs.get(pair, NOTHING), statements.get(pair, NOTHING))
    pairs = [Pair(first, second, alike) for (first, second), alike in found.items()]
    return sorted(pairs, key=lambda pair: (-pair.likeness[0], -pair.likeness[1], pair[:2]))


def _shares(works: Sequence[Work], server: str,
            fragments: Fragments) -> Dict[Tuple[int, int], Share]:
    """Returns what each pair of works shares of one server's fragments."""
    owners: Dict[int, List[int]] = defaultdict(list)
    for number, work in enumerate(works):
        for fragment in fragments(work.files[server]) if server in work.files else ():
            owners[fragment].append(number)
    weights = _weights(owners, sum(server in work.files for work in works))
    totals: Dict[int, float] = defaultdict(float)
    shared: Dict[Tuple[int, int], float] = defaultdict(float)
    for fragment in sorted(weights):  # in one order, as sums of floats depend on it
        for owner in owners[fragment]:
            totals[owner] += weights[fragment]
        for pair in combinations(owners[fragment], 2):
            shared[pair] += weights[fragment]
    return {(one, other): Share(weight / totals[one], weight / totals[other],
                                2 * weight / (totals[one] + totals[other]))
            for (one, other), weight in shared.items() if not (works[one].old and works[other].old)}


def _weights(owners: Dict[int, List[int]], number: int) -> Dict[int, float]:
    """Returns the weight of each fragment that counts."""
    most = max(ALWAYS, COMMON * number) if number >= FEW else number
    return {fragment: 1 + math.log(number / (1 + len(having)))
            for fragment, having in owners.items() if len(having) <= most}


def groups(pairs: Sequence[Pair]) -> List[Tuple[float, List[int]]]:
    """Returns who belongs together, the most alike first: each work is linked with the one that it
    is most like, among these pairs, which are ranked; and the least likeness of two that are
    linked. Groups of two are pairs, and left out."""
    linked: Set[int] = set()
    least: Dict[int, float] = {}  # of a group, by its root
    parent: Dict[int, int] = {}

    def root(number: int) -> int:
        while parent.setdefault(number, number) != number:
            number = parent[number]
        return number

    for pair in pairs:
        if not {pair.first, pair.second} <= linked:
            linked.update((pair.first, pair.second))
            parent[root(pair.first)] = root(pair.second)
            least[root(pair.second)] = pair.likeness[0]  # the pairs come with less and less
    found: Dict[int, List[int]] = defaultdict(list)
    for number in sorted(parent):
        found[root(number)].append(number)
    return sorted(((least[at], group) for at, group in found.items() if len(group) > 2),
                  key=lambda one: (-one[0], one[1]))
