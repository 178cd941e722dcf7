"""Who is one member: a pure function of identities, links and people's decisions.

This is the definition, written for clarity; ``components`` computes the same over arrays, and
property tests hold the two together. Order plays no part anywhere: inputs are sets.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from huitou.members.keys import KINDS


class Identity(NamedTuple):
    """A strong identity: (kind, scope, value), the value as a keyed hash."""

    kind: str
    scope: str
    hash: bytes


@dataclass(frozen=True)
class Decisions:
    """What people decided: pairs to join, and groups that are different persons."""

    merges: frozenset[tuple[Identity, Identity]] = frozenset()
    separations: frozenset[tuple[frozenset[Identity], frozenset[Identity]]] = frozenset()


@dataclass
class Partition:
    """``groups``: each identity's group, named by its least identity; ``contested``: see there."""

    groups: dict[Identity, Identity]
    contested: frozenset[Identity] = field(default_factory=frozenset)

    def members(self) -> frozenset[frozenset[Identity]]:
        """The groups as sets."""
        found: dict[Identity, set[Identity]] = {}
        for identity, group in self.groups.items():
            found.setdefault(group, set()).add(identity)
        return frozenset(frozenset(group) for group in found.values())


Link = tuple[Identity, Identity]


def contested(links: Iterable[Link]) -> frozenset[Identity]:
    """Identities that rows link with more values of one kind and scope than the kind's limit."""
    neighbours: dict[Identity, set[Identity]] = {}
    for a, b in links:
        neighbours.setdefault(a, set()).add(b)
        neighbours.setdefault(b, set()).add(a)
    return frozenset(
        identity
        for identity, near in neighbours.items()
        if any(
            many > KINDS[kind].limit
            for (kind, _), many in Counter((other.kind, other.scope) for other in near).items()
        )
    )


def partition(
    identities: Iterable[Identity], links: Iterable[Link], decisions: Decisions
) -> Partition:
    """Group identities into members.

    Links from rows conduct unless one of their ends is contested; a person's merge always does. A
    link that would join the two sides of a separation does not: stronger links come first, so an
    identity that both sides share stays with the side that it is linked to best.
    """
    rows = {(min(a, b), max(a, b)) for a, b in links}
    shared = contested(rows)
    conducting = [link for link in rows if shared.isdisjoint(link)]
    people = [(min(a, b), max(a, b)) for a, b in decisions.merges]
    parent = {identity: identity for identity in identities}
    sides: dict[Identity, set[tuple[int, int]]] = {identity: set() for identity in parent}
    for number, pair in enumerate(decisions.separations):
        for side, group in enumerate(pair):
            for identity in group & sides.keys():
                sides[identity].add((number, side))

    def root(identity: Identity) -> Identity:
        while parent[identity] != identity:
            parent[identity] = parent[parent[identity]]
            identity = parent[identity]
        return identity

    for a, b in [*sorted(people, key=_strength), *sorted(conducting, key=_strength)]:
        if a not in parent or b not in parent:
            continue
        low, high = sorted((root(a), root(b)))
        opposed = any((number, 1 - side) in sides[high] for number, side in sides[low])
        if low != high and not opposed:
            parent[high] = low
            sides[low] |= sides[high]
    return Partition({identity: root(identity) for identity in parent}, shared)


def _strength(link: Link) -> tuple[int, int, bytes, bytes]:
    """Stronger links first: identities of an account before what accounts share; then by hash."""
    ranks = sorted(KINDS[identity.kind].rank for identity in link)
    hashes = sorted(identity.hash for identity in link)
    return ranks[0], ranks[1], hashes[0], hashes[1]
