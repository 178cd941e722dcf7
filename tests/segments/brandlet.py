"""A small random brand for the tests of the catalogue: a world with what it leaves out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any

from tests.segments.worlds import LAST_DAY, MEMBERS, SHANGHAI, Row, World, world_of

from huitou.accounts.scopes import Scope
from huitou.segments.catalogue import ATTRIBUTES
from huitou.segments.facts import View
from huitou.segments.grids import GridSettings
from huitou.segments.leaves import subject_values
from huitou.segments.moments import Moment
from huitou.segments.nodes import AttributeSubject
from huitou.warehouse.store import Warehouse

SEED = 4  # its zone is Shanghai
ATTRIBUTE_TEXTS = (
    None,
    '{"颜色":"红","面料":"棉"}',
    '{"颜色": "蓝", "场景": "送礼"}',
    '{"size": "XL"}',
    '{"note":"a, \\"b\\": c","颜色":"红"}',
)
CUSTOM = (("购买用途", "送长辈"), ("购买用途", "自饮"), ("口味", "甜"), ("口味", None))


def brandlet(seed: int = SEED) -> World:
    """A world whose orders have receivers, whose reviews belong to orders, whose messages go on."""
    world, random = world_of(seed), Random(seed)
    assert world.zone == SHANGHAI
    tables = world.tables
    for row in tables["trade"]:
        row["receiver_ref"] = random.choice((None, b"a" * 16, b"b" * 16, b"c" * 16))
        row["presale_step"] = random.choice(
            (None, None, "final_paid", "final_unpaid", "deposit_forfeited")
        )
    for row in tables["item"]:
        row["attributes"] = random.choice(ATTRIBUTE_TEXTS)
        row["title"] = random.choice((row["title"], "中秋礼盒", "孝敬长辈礼品"))
        row["phase"] = random.choice((None, "新品", "热销", "末期"))
    trades = {row["trade"]: row for row in tables["trade"]}
    for row in tables["review"]:
        chosen = random.choice((None, *trades))
        if chosen is not None and trades[chosen]["member"] is not None:
            row["trade"], row["member"] = chosen, trades[chosen]["member"]
    for row in tables["parcel"]:
        row["sign_kind"] = random.choice((None, "self", "proxy", "locker"))
        row["picked_up_at"] = row["shipped_at"]
    tables["message_event"] = [
        event for number in range(1, 120) for event in _message(world, random, number)
    ]
    for row in tables["member"]:
        row["district"] = random.choice((None, "越城区", "西湖区"))
    tables["member_attribute"] = [
        {"member": random.choice((None, *range(1, 20))), "key_no": at, "name": name, "value": value}
        for at, (name, value) in enumerate(random.choices(CUSTOM, k=30))
    ]
    tables["identity_key"] = [
        {
            "key_no": at,
            "kind": random.choice(("nick", "ouid", "open_id", "card_no", "phone", "email")),
            "scope": "brand",
            "hash": at.to_bytes(16, "big"),
            "strength": random.choice(("strong", "strong", "strong", "weak")),
            "member": random.choice((None, *range(1, MEMBERS))),
            "first_seen_at": world.instants[at],
            "shop": random.choice((1, 2, 3, None)),
        }
        for at in range(1, 90)
    ]
    return world


def _message(world: World, random: Random, number: int) -> list[Row]:
    """A delivery's events: sent and then perhaps more."""
    member = random.choice((1, 2, 3, 4, 5, 7, 8, 9, 10, 11))
    start = random.choice(world.instants)
    follow = random.choice(
        ((), ("delivered",), ("delivered", "opened"), ("opened", "clicked"), ("failed",), ("replied",),
         ("delivered", "unsubscribed"))
    )  # fmt: skip
    shared = {
        "message": number,
        "member": member,
        "home": member,
        "purpose": random.choice(("marketing", "care", None)),
        "channel": random.choice(("sms", "email", "wecom")),
        "campaign": random.choice((None, "c1", "c2")),
        "is_machine": random.choice((True, False, None, None)),
    }
    kinds = random.choice((("sent", *follow), ("sent", *follow), ("skipped",), ("planned",)))
    last = world.day_start(LAST_DAY)
    return [
        {
            **shared,
            "kind": kind,
            "reason": "quiet_hours" if kind == "skipped" else None,
            "is_machine": shared["is_machine"] if kind in {"opened", "clicked"} else None,
            "occurred_at": min(start + timedelta(minutes=5 * at), last),
        }
        for at, kind in enumerate(kinds)
    ]


def moment() -> Moment:
    """The end of the last day of which the brand knows something."""
    return Moment.end_of(LAST_DAY, SHANGHAI)


def everything() -> View:
    return View(moment(), Scope.everything())


Found = dict[int, Any]


def values_of(
    warehouse: Warehouse, code: str, view: View | None = None, window: Any = None
) -> Found:
    """What the catalogue says: a value per member, a frozenset where the attribute is a set."""
    subject = AttributeSubject(code, window)
    rows = warehouse.rows(subject_values(subject, view or everything(), GridSettings()).table)
    return gathered(code, rows)


def gathered(code: str, rows: list[Row]) -> Found:
    kind = ATTRIBUTES[code].type
    found: Found = {}
    for row in rows:
        member = row["member"]
        if kind == "set":
            held = found.setdefault(member, set())
            assert row["value"] not in held, f"{code}: {row} twice"
            held.add(row["value"])
            continue
        assert member not in found, f"{code}: member {member} twice"
        found[member] = (
            (row["month"], row["day"], row["lunar"]) if kind == "birthday" else row["value"]
        )
    return found


Expected = Callable[[int], Any]
