"""Winnowing: a text's fingerprints, such that any two texts share one if they share enough.

Schleimer, Wilkerson, Aiken: Winnowing: Local Algorithms for Document Fingerprinting, SIGMOD 2003.
Of each window of W hashes of K tokens the smallest is kept, and when the smallest stands there
several times, the one that was kept already, else the rightmost ("robust winnowing"). A run of
W + K - 1 tokens that two texts share is always found; one of less than K never is."""
from __future__ import annotations

import hashlib
from typing import List, Sequence, Set

# Tokens in a fragment. Smaller: idioms that everybody writes look alike. Larger: a change each few
# lines hides all there is. (JPlag's smallest match in C has 12.)
K = 12
# Hashes in a window. Smaller: more fingerprints, up to all hashes. Larger: too few are left of a
# solution of a hundred tokens.
W = 4


def hash_of(tokens: Sequence[str]) -> int:
    """Returns a hash that is the same in every run and on every machine."""
    text = "\0".join(tokens).encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "big")


def hashes(tokens: Sequence[str]) -> List[int]:
    """Returns the hash of each K tokens in a row; none if there are fewer than K."""
    return [hash_of(tokens[at:at + K]) for at in range(len(tokens) - K + 1)]


def fingerprints(tokens: Sequence[str]) -> Set[int]:
    """Returns the hashes that stand for a text."""
    every = hashes(tokens)
    if len(every) < W:
        return {min(every)} if every else set()
    kept: Set[int] = set()
    last = -1  # where the hash stands that was kept last
    for start in range(len(every) - W + 1):
        window = every[start:start + W]
        least = min(window)
        if last >= start and every[last] == least:
            continue
        last = start + W - 1 - window[::-1].index(least)
        kept.add(every[last])
    return kept
