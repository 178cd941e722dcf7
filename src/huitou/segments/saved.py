"""Saved segments inside rules: that they exist and do not name themselves, and who is in them."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from huitou.accounts.scopes import Scope
from huitou.kernel.errors import NotFound
from huitou.kernel.i18n import Text
from huitou.segments.evaluator import Question, evaluate
from huitou.segments.grids import GridSettings
from huitou.segments.models import DYNAMIC, Segment, SegmentSet
from huitou.segments.moments import Moment
from huitou.segments.nodes import Node, Saved, TagNode, walk
from huitou.segments.parsing import parse
from huitou.segments.sets import MemberSet
from huitou.segments.tag_builtin import full_label, rule_document
from huitou.segments.tag_models import Tag
from huitou.segments.wrong import Wrong
from huitou.warehouse.store import Warehouse, table

Numbers = npt.NDArray[np.int64]
DEEPEST: Final = 20
"""How many segments may be inside one another."""

_ANOTHER: Final = Text("换一个人群，或去掉这个条件", "Use another segment, or leave this out")


@dataclass(frozen=True)
class Named:
    """What a rule has to know of a saved segment that it names."""

    segment: int
    name: str
    kind: str
    rule: Node | None
    is_archived: bool

    @property
    def is_dynamic(self) -> bool:
        return self.kind == DYNAMIC


def named(segment: int) -> Named | None:
    """A saved segment; None where there is none."""
    row = Segment.objects.filter(pk=segment).first()
    return None if row is None else of_row(row)


def of_row(row: Segment) -> Named:
    """A stored segment. Raises ``Wrong`` where its rule cannot be asked any more."""
    rule = parse(row.rule) if row.kind == DYNAMIC else None
    return Named(row.pk, row.name, row.kind, rule, row.archived_at is not None)


def references(rule: Node) -> Iterator[tuple[str, int]]:
    """(path, segment) of every saved segment that a rule names itself."""
    for path, node in walk(rule):
        if isinstance(node, Saved):
            yield path, node.segment


def check(rule: Node, *, of: int | None = None) -> dict[int, Named]:
    """Every segment that a rule rests on, by number; ``of``: the segment whose rule it is to be.

    Raises ``Wrong`` at the node that names a segment which does not exist, is archived, rests on a
    segment that is or does, leads back to ``of`` (be it through a tag's rule), or lies too deep; or
    that names a tag which does not exist.
    """
    found: dict[int, Named] = {}
    for path, segment in references(rule):
        _follow(segment, f"{path}/segment", (of,) if of else (), found)
    for path, node in walk(rule):
        if isinstance(node, TagNode):
            _check_tags(node, path, of)
    return found


def _check_tags(node: TagNode, path: str, of: int | None) -> None:
    held = {row.pk: row for row in Tag.objects.select_related("group").filter(pk__in=node.tags)}
    for at, tag in enumerate(node.tags):
        where = f"{path}/tags/{at}"
        if tag not in held:
            raise Wrong(
                where,
                Text(f"没有标签 {tag}", f"There is no tag {tag}"),
                Text("换一个标签", "Use another tag"),
            )
        if of is not None and of in _behind(held[tag], set()):
            label = full_label(held[tag])
            raise Wrong(
                where,
                Text(
                    f"标签“{label.zh}”的规则用到了这个人群，成了环",
                    f"The rule of the tag “{label.en}” names this segment: a circle",
                ),
                Text(
                    "换一个标签，或改那个标签的规则", "Use another tag, or change that tag's rule"
                ),
            )


def _behind(tag: Tag, seen: set[int]) -> set[int]:
    """The segments that a tag's rule rests on, through segments and further tags."""
    if tag.pk in seen:
        return set()
    seen.add(tag.pk)
    try:
        rule = parse(rule_document(tag)) if rule_document(tag) is not None else None
        found = {} if rule is None else check(rule)
    except Wrong:
        return set()
    if rule is None:
        return set()
    rules = [rule, *(one.rule for one in found.values() if one.rule is not None)]
    tags = {
        tag
        for one in rules
        for _path, node in walk(one)
        if isinstance(node, TagNode)
        for tag in node.tags
    }
    inner = Tag.objects.select_related("group").filter(pk__in=tags)
    return set(found).union(*(_behind(one, seen) for one in inner))


def _follow(segment: int, path: str, above: tuple[int, ...], found: dict[int, Named]) -> None:
    if segment in above:
        chain = [*above[above.index(segment) :], segment]
        names = [_name(one, found) for one in chain]
        raise Wrong(
            path,
            Text(
                f"人群互相引用成环：{' → '.join(names)}",
                f"Segments name each other in a circle: {' → '.join(names)}",
            ),
            _ANOTHER,
        )
    if len(above) >= DEEPEST:
        raise Wrong(
            path,
            Text(f"人群嵌套超过 {DEEPEST} 层", f"Segments lie more than {DEEPEST} deep"),
            _ANOTHER,
        )
    if segment not in found:
        try:
            held = named(segment)
        except Wrong as wrong:
            name = _name(segment, found)
            raise Wrong(
                path,
                Text(
                    f"人群“{name}”的规则不能用了：{wrong.message.zh}",
                    f"The rule of the segment “{name}” cannot be asked: {wrong.message.en}",
                ),
                Text("改好那个人群", "Put that segment right"),
            ) from wrong
        if held is None:
            raise Wrong(
                path, Text(f"没有人群 {segment}", f"There is no segment {segment}"), _ANOTHER
            )
        found[segment] = held
    held = found[segment]
    if held.is_archived:
        raise Wrong(
            path,
            Text(f"人群“{held.name}”已归档", f"The segment “{held.name}” is archived"),
            Text("恢复它，或换一个人群", "Restore it, or use another segment"),
        )
    if held.rule is not None:
        for _path, inner in references(held.rule):
            _follow(inner, path, (*above, segment), found)


def _name(segment: int, found: Mapping[int, Named]) -> str:
    if segment in found:
        return found[segment].name
    row = Segment.objects.filter(pk=segment).only("name").first()
    return row.name if row else str(segment)


class Shelf:
    """The ``saved`` of a question: the sets of saved segments, each worked out once.

    Static segments and lists are as they were stored, merged members under the number they have now.
    Dynamic ones are asked anew for the question's moment and scope.
    """

    def __init__(
        self,
        warehouse: Warehouse,
        moment: Moment,
        scope: Scope | None = None,
        grids: GridSettings | None = None,
    ) -> None:
        self._warehouse = warehouse
        self._moment = moment
        self._scope = scope or Scope.everything()
        self._grids = grids or GridSettings()
        self._found: dict[int, MemberSet] = {}
        self._open: set[int] = set()

    def question(self) -> Question:
        """A question whose rules may name the saved segments of this shelf."""
        return Question(self._moment, self._scope, self._grids, self)

    def put(self, segment: int, members: MemberSet) -> None:
        """Say who is in a segment, instead of working it out."""
        self._found[segment] = members

    def __call__(self, segment: int) -> MemberSet:
        if segment not in self._found:
            self._found[segment] = self._work_out(segment)
        return self._found[segment]

    def _work_out(self, segment: int) -> MemberSet:
        held = named(segment)
        if held is None or segment in self._open:
            raise NotFound(Text(f"没有人群 {segment}", f"There is no segment {segment}"))
        if held.rule is None:
            return stored(self._warehouse, segment)
        self._open.add(segment)
        try:
            return evaluate(self._warehouse, held.rule, self.question()).members
        finally:
            self._open.discard(segment)


def stored(warehouse: Warehouse, segment: int) -> MemberSet:
    """The set that the last refresh, the snapshot or the upload left, under today's numbers."""
    held = SegmentSet.objects.filter(pk=segment).first()
    return (
        MemberSet.empty()
        if held is None
        else moved(warehouse, MemberSet.loads(bytes(held.members)))
    )


def moved(warehouse: Warehouse, members: MemberSet) -> MemberSet:
    """A set with the members that were merged since under the numbers they have now."""
    former, _into = _merges(warehouse)
    gone = members & MemberSet.of(former)
    if not gone:
        return members
    return (members - gone) | MemberSet.of(renumbered(warehouse, gone.numbers()))


def renumbered(warehouse: Warehouse, numbers: Numbers) -> Numbers:
    """Member numbers, each as it is today."""
    former, into = _merges(warehouse)
    if not len(former):
        return numbers
    at = np.minimum(np.searchsorted(former, numbers), len(former) - 1)
    return np.where(former[at] == numbers, into[at], numbers)


_known_merges: WeakKeyDictionary[Warehouse, tuple[tuple[int, ...], Numbers, Numbers]] = (
    WeakKeyDictionary()
)
_lock = threading.Lock()


def _merges(warehouse: Warehouse) -> tuple[Numbers, Numbers]:
    """(numbers no longer in use, ascending; the numbers in use that they became)."""
    version = warehouse.versions(["member"])
    with _lock:
        held = _known_merges.get(warehouse)
    if held is not None and held[0] == version:
        return held[1], held[2]
    members = table("member")
    merged = members.filter(members.merged_into.notnull())
    rows = warehouse.fetch(merged.select("member", "merged_into").order_by("member"))
    former = np.asarray(rows["member"].to_numpy(), np.int64)
    into = np.asarray(rows["merged_into"].to_numpy(), np.int64).copy()
    for _ in range(64):  # what was merged into may have been merged in its turn
        at = np.minimum(np.searchsorted(former, into), max(len(former) - 1, 0))
        again = former[at] == into if len(former) else np.zeros(0, np.bool_)
        if not again.any():
            break
        into[again] = into[at[again]]
    with _lock:
        _known_merges[warehouse] = (version, former, into)
    return former, into
