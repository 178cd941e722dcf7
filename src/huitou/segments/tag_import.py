"""Tags that lists bring along: the column 标签 of customer files and member lists.

Intake keeps the column as a custom field of the identity that the row was about (``member_attribute``).
Here its words become tags of the group "From lists", with source import, and stay equal to what the
newest list says: a word that is gone is taken off. What a person took away stays away.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import datetime
from typing import Final
from weakref import WeakKeyDictionary

import ibis
import pyarrow as pa
from django.db import transaction
from ibis import _

from huitou.segments.tag_builtin import IMPORTED
from huitou.segments.tag_ledger import Ledger, Told
from huitou.segments.tag_models import MANUAL, Tag, TagGroup
from huitou.segments.tag_rules import labels_in
from huitou.warehouse.store import Warehouse, Writer, table

COLUMNS: Final = ("标签", "会员标签", "客户标签", "标签名称", "tags")
"""Names of custom fields that hold tags."""
MOST: Final = 2_000
"""So many different tags at most: a column of free text is no column of tags."""

_seen: WeakKeyDictionary[Warehouse, tuple[int, ...]] = WeakKeyDictionary()
_lock = threading.Lock()


def mirror(warehouse: Warehouse, now: datetime, *, always: bool = False) -> Told:
    """Make imported tags equal the lists, if custom fields have changed since this process last looked."""
    version = warehouse.versions(["member_attribute"])
    with _lock:
        if not always and _seen.get(warehouse) == version:
            return Told()
    told = _mirror(warehouse, now)
    with _lock:
        _seen[warehouse] = version
    return told


def _mirror(warehouse: Warehouse, now: datetime) -> Told:
    cells = warehouse.rows(_cells(table("member_attribute")).select("value").distinct())
    words = {cell["value"]: labels_in(cell["value"]) for cell in cells}
    numbers = _tags_for(sorted({word for found in words.values() for word in found}), now)
    known = set(numbers.values())
    if not known:
        return Told()
    meaning = pa.Table.from_pylist(
        [
            {"value": cell, "tag": numbers[word]}
            for cell, found in words.items()
            for word in found
            if word in numbers
        ],
        schema=pa.schema([("value", pa.string()), ("tag", pa.int64())]),
    )
    everything = set(
        Tag.objects.filter(group__code=IMPORTED).exclude(code="").values_list("pk", flat=True)
    )
    if not _differs(warehouse, meaning, everything):
        return Told()
    with warehouse.writing() as writer:
        ledger = Ledger(writer, now)
        return ledger.mirror(_wanted(writer, writer.temp("tag_words", meaning)), everything)


def _differs(warehouse: Warehouse, meaning: pa.Table, tags: set[int]) -> bool:
    """Whether there may be something to write; without the write lock."""
    with warehouse.rehearsing() as writer:
        wanted = writer.temp("tag_wanted", _wanted(writer, writer.temp("tag_words", meaning)))
        held = writer.table("member_tag")
        mine = held.filter(held.source == "import", held.tag.isin(sorted(tags)))
        pair = ["tag", "home"]
        return bool(
            writer.count(wanted.anti_join(mine, pair)) or writer.count(mine.anti_join(wanted, pair))
        )


def _cells(attributes: ibis.Table) -> ibis.Table:
    return attributes.filter(
        attributes.name.isin(COLUMNS), attributes.value.notnull(), attributes.value != ""
    )


def _wanted(writer: Writer, words: ibis.Table) -> ibis.Table:
    """(tag, member, home): what the lists say, by the number that the identity was born with."""
    cells = _cells(writer.table("member_attribute")).select("key_no", "value")
    keys = writer.table("identity_key").filter(_.home.notnull(), _.member.notnull())
    said = cells.inner_join(words, "value").inner_join(
        keys.select("key_no", "home", "member"), "key_no"
    )
    return said.select("tag", "member", "home").distinct()


@transaction.atomic
def _tags_for(words: list[str], now: datetime) -> Mapping[str, int]:
    """The tag of each word; new words become tags. Archived ones are left out."""
    group = TagGroup.objects.filter(code=IMPORTED).first()
    if group is None:
        return {}
    held = {row.label: row for row in Tag.objects.filter(group=group)}
    for word in words:
        if word not in held and len(held) < MOST:
            row = Tag.objects.create(
                group=group,
                code=f"imported.new{len(held)}-{now.timestamp():.0f}",
                label=word,
                kind=MANUAL,
                created_at=now,
                updated_at=now,
            )
            row.code = f"imported.{row.pk}"
            row.save(update_fields=["code"])
            held[word] = row
    return {
        word: held[word].pk for word in words if word in held and held[word].archived_at is None
    }
