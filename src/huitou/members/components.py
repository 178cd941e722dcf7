"""``rules.partition`` over arrays, and the numbering of members.

Identities are positions 0 … n-1 of parallel arrays; links are pairs of positions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

NEW: Final = -1
"""The home of an identity that has none yet."""


@dataclass(frozen=True)
class Links:
    """Pairs of positions, the strongest first (``rules``: people's, then by rank and hash)."""

    a: Ints
    b: Ints


def components(size: int, links: Links) -> Ints:
    """Per position the least position that links join it with."""
    label = np.arange(size)
    a, b = links.a, links.b
    while len(a):
        low, high = np.minimum(label[a], label[b]), np.maximum(label[a], label[b])
        apart = low != high
        if not apart.any():
            break
        a, b = a[apart], b[apart]
        np.minimum.at(label, high[apart], low[apart])
        while True:  # every label to its root
            above = label[label]
            if np.array_equal(above, label):
                break
            label = above
    return label


def separated(
    label: Ints, links: Links, sides: Sequence[tuple[Sequence[int], Sequence[int]]]
) -> Ints:
    """``components`` again where a separation stands within one: the strongest links first.

    ``sides``: per separation the positions of either side. Few components are ever concerned, so
    this one is a plain union-find.
    """
    concerned = {
        group
        for left, right in sides
        for group in {int(label[n]) for n in left} & {int(label[n]) for n in right}
    }
    if not concerned:
        return label
    result = label.copy()
    inside = np.isin(label, list(concerned))
    parent = {int(n): int(n) for n in np.flatnonzero(inside)}
    marks: dict[int, set[tuple[int, int]]] = {n: set() for n in parent}
    for number, pair in enumerate(sides):
        for side, positions in enumerate(pair):
            for n in positions:
                if n in marks:
                    marks[n].add((number, side))

    def root(n: int) -> int:
        while parent[n] != n:
            parent[n] = parent[parent[n]]
            n = parent[n]
        return n

    picked = inside[links.a]
    for a, b in zip(links.a[picked].tolist(), links.b[picked].tolist(), strict=True):
        low, high = sorted((root(a), root(b)))
        opposed = any((number, 1 - side) in marks[high] for number, side in marks[low])
        if low != high and not opposed:
            parent[high] = low
            marks[low] |= marks[high]
    for n in parent:
        result[n] = root(n)
    return result


def inherited(home: Ints, links: Links) -> Ints:
    """Homes with new identities filled in from their nearest neighbours; ``NEW`` where none has one.

    Of several neighbours at one distance the least home is taken.
    """
    filled = home.copy()
    none = np.iinfo(np.int64).max
    while True:
        offered = np.full(len(home), none)
        for here, there in ((links.a, links.b), (links.b, links.a)):
            open_end = (filled[here] == NEW) & (filled[there] != NEW)
            np.minimum.at(offered, here[open_end], filled[there[open_end]])
        found = offered != none
        if not found.any():
            return filled
        filled[found] = offered[found]


def numbered(label: Ints, home: Ints, first_free: int) -> tuple[Ints, Ints, int]:
    """(member, home, next free number) per position; positions in the order of age.

    A group takes the least home that it owns; a home is owned by the group of the oldest identity
    born with it. A group that owns none takes the next free number, groups in order of age. Homes
    that another group owns are left behind, so all identities of one home are always in one group:
    that is what lets a merge be undone exactly.
    """
    groups, group_of = np.unique(label, return_inverse=True)
    born = np.flatnonzero(home != NEW)
    homes, oldest = np.unique(home[born], return_index=True)
    oldest = born[oldest]
    none = np.iinfo(np.int64).max
    number = np.full(len(groups), none)
    np.minimum.at(number, group_of[oldest], homes)
    without = np.flatnonzero(number == none)
    number[without] = first_free + np.arange(len(without))
    owner = np.full(len(home), -1)
    owner[born] = group_of[oldest][np.searchsorted(homes, home[born])]
    member = number[group_of]
    return member, np.where(owner == group_of, home, member), first_free + len(without)
