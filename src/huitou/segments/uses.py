"""What uses a segment: other segments, tags, and whatever a part above says of itself.

A part above registers a source::

    @using("campaign")
    def campaigns_that_use() -> Iterable[tuple[int, Use]]: ...     # (segment, the use of it)
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from huitou.segments.models import DYNAMIC, Segment


@dataclass(frozen=True)
class Use:
    """Something that names a segment."""

    kind: str
    id: str
    name: str
    url: str

    def as_dict(self) -> dict[str, str]:
        return {"kind": self.kind, "id": self.id, "name": self.name, "url": self.url}


Source = Callable[[], Iterable[tuple[int, Use]]]
_SOURCES: Final[dict[str, Source]] = {}


def using(kind: str) -> Callable[[Source], Source]:
    """Register a source of uses."""

    def register(source: Source) -> Source:
        _SOURCES[kind] = source
        return source

    return register


def all_uses() -> dict[int, list[Use]]:
    """By segment, everything that uses it."""
    found: dict[int, list[Use]] = defaultdict(list)
    for source in _SOURCES.values():
        for segment, use in source():
            if use not in found[segment]:
                found[segment].append(use)
    return found


def uses_of(segment: int) -> list[Use]:
    """Everything that uses a segment."""
    return all_uses().get(segment, [])


def named_in(document: Any) -> Iterator[int]:
    """The segments that a rule document names, even one that cannot be asked any more."""
    if isinstance(document, dict):
        if document.get("kind") == "segment" and str(document.get("segment", "")).isdecimal():
            yield int(document["segment"])
        for inner in document.values():
            yield from named_in(inner)
    elif isinstance(document, list):
        for inner in document:
            yield from named_in(inner)


@using("segment")
def _segments() -> Iterator[tuple[int, Use]]:
    rows = Segment.objects.filter(kind=DYNAMIC, archived_at=None).only("name", "rule")
    for row in rows:
        use = Use("segment", str(row.pk), row.name, f"/segments/{row.pk}")
        for segment in set(named_in(row.rule)):
            yield segment, use
