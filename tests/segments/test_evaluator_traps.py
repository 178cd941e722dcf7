"""The traps that the peers fell into, each as a small scenario with its answer written out.

Times are wall-clock times of Shanghai, where the brand is, as ``"2024-06-30 23:59:59"``.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from tests.segments import worlds
from tests.segments.oracle import Oracle
from tests.segments.trees import Json, document
from tests.segments.worlds import World

from huitou.kernel.festivals import lunar_of
from huitou.segments.evaluator import Question, evaluate
from huitou.segments.moments import Moment
from huitou.segments.parsing import parse
from huitou.segments.restricted import evaluate_in, excerpt
from huitou.warehouse.store import Warehouse

DAY = date(2024, 6, 30)
_open: dict[int, tuple[Warehouse, Warehouse]] = {}
_closing = ExitStack()
"""The warehouses of the worlds of one test."""


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    yield
    _open.clear()
    _closing.close()


def shanghai(text: str) -> datetime:
    """A wall-clock time of Shanghai as naive UTC."""
    return datetime.fromisoformat(text) - timedelta(hours=8)


def people(*rows: Json) -> World:
    """A world of members 1, 2, … with these columns."""
    columns = (
        "merged_into", "first_seen_at", "joined_at", "gender", "birth_year", "birth_month",
        "birth_day", "birth_lunar", "province", "city_tier", "has_phone",
    )  # fmt: skip
    blank = dict.fromkeys(columns)
    world = World()
    world.tables["member"] = [{"member": at, **blank, **row} for at, row in enumerate(rows, 1)]
    world.tables["shop"] = [{"shop": 1, "code": "tb1", "platform": "taobao", "kind": "online"}]
    return world


def buys(world: World, member: int, *times: str, **given: Any) -> None:
    """Paid orders of 100 yuan at these times; or others, as given."""
    columns = (
        "created_at", "paid_at", "shipped_at", "signed_at", "finished_at", "closed_at",
        "discount_amount", "goods_amount", "reported_refund", "units", "province",
    )  # fmt: skip
    for time in times:
        at = shanghai(time)
        row = {**dict.fromkeys(columns), "created_at": at, "paid_at": at}
        row |= {"paid_amount": Decimal(100), "member": member, **given}
        worlds.trade(world, trade=len(world.tables.get("trade", [])) + 1, **row)


def visits(world: World, member: int, *times: str) -> None:
    rows = world.tables.setdefault("visit", [])
    for time in times:
        row = {"visit": len(rows) + 1, "member": member, "shop": 1, "kind": "browse", "item": None}
        rows.append({**row, "source": None, "session": None, "occurred_at": shanghai(time)})


def who(world: World, rule: Json, day: date = DAY, *, at: str = "") -> list[int]:
    """The members, and that all three evaluators say so."""
    node = parse(document(rule))
    moment = Moment.end_of(day, world.zone)
    if at:
        moment = Moment(shanghai(at).replace(tzinfo=UTC), world.zone)
    expected = Oracle(world.tables, moment.cut, world.zone).members(node)
    everybody = [row["member"] for row in world.tables["member"]]
    if id(world) not in _open:
        warehouse = _closing.enter_context(world.warehouse())
        _open[id(world)] = warehouse, _closing.enter_context(excerpt(warehouse, everybody[::2]))
    warehouse, small = _open[id(world)]
    found = evaluate(warehouse, node, Question(moment)).members.numbers().tolist()
    few = evaluate_in(small, warehouse, node, Question(moment))
    assert sorted(expected) == found
    assert few.members.numbers().tolist() == [one for one in found if one in everybody[::2]]
    return list(found)


def orders(operator: str, value: Any, **more: Any) -> Json:
    rule = {"kind": "trades", "measure": "orders", "operator": operator, "value": value}
    return {**rule, **more}


def profile(attribute: str, operator: str, *value: Any) -> Json:
    rule = {"kind": "profile", "attribute": attribute, "operator": operator}
    return {**rule, **({"value": value[0]} if value else {})}


def last(n: int, unit: str = "day") -> Json:
    return {"kind": "last", "n": n, "unit": unit}


# What is not known


def test_not_equal_is_not_said_of_the_unknown() -> None:
    world = people({"gender": "f"}, {"gender": "m"}, {}, {"birth_year": 1990}, {"birth_year": 1994})
    assert who(world, profile("gender", "none_of", ["f"])) == [2]
    assert who(world, profile("gender", "any_of", ["f", "m"])) == [1, 2]
    assert who(world, profile("gender", "unknown")) == [3, 4, 5]
    assert who(world, profile("gender", "known")) == [1, 2]
    assert who(world, profile("age", "ne", 30)) == [4]
    assert who(world, profile("age", "not_between", [30, 34])) == []
    assert who(world, profile("age", "lt", 100)) == [4, 5]


def test_none_takes_away_those_who_do_and_keeps_the_unknown() -> None:
    world = people({"gender": "f"}, {"gender": "m"}, {})
    women = profile("gender", "any_of", ["f"])
    assert who(world, {"kind": "none", "children": [women]}) == [2, 3]
    assert who(world, {"kind": "none", "children": [profile("gender", "none_of", ["f"])]}) == [1, 3]
    twice = {"kind": "none", "children": [{"kind": "none", "children": [women]}]}
    assert who(world, twice) == [1]


def test_empty_groups() -> None:
    world = people({}, {})
    assert who(world, {"kind": "all", "children": []}) == [1, 2]
    assert who(world, {"kind": "none", "children": []}) == [1, 2]
    assert who(world, {"kind": "any", "children": []}) == []


def test_a_flag_that_is_missing_is_no() -> None:
    world = people({"has_phone": True}, {"has_phone": False}, {})
    assert who(world, profile("has_phone", "yes")) == [1]
    assert who(world, profile("has_phone", "no")) == [2, 3]


# Counting


@pytest.mark.parametrize(
    ("operator", "value", "expected"),
    [
        ("eq", 0, [3]),
        ("lt", 1, [3]),
        ("le", 0, [3]),
        ("ne", 0, [1, 2]),
        ("gt", 0, [1, 2]),
        ("ge", 1, [1, 2]),
        ("ge", 0, [1, 2, 3]),
        ("lt", 0, []),
        ("lt", 2, [2, 3]),
        ("ne", 2, [2, 3]),
        ("eq", 1, [2]),
        ("between", [0, 1], [2, 3]),
        ("not_between", [1, 5], [3]),
    ],
)
def test_nothing_happened_is_0_times(operator: str, value: Any, expected: list[int]) -> None:
    world = people({}, {}, {})
    buys(world, 1, "2024-06-01 10:00:00", "2024-06-02 10:00:00")
    buys(world, 2, "2024-06-02 10:00:00")
    assert who(world, orders(operator, value)) == expected
    assert who(world, orders(operator, value, window=last(60))) == expected


def test_a_sum_of_what_is_not_known_is_0_and_an_average_is_not_known() -> None:
    world = people({}, {}, {})
    buys(world, 1, "2024-06-01 10:00:00")
    buys(world, 2, "2024-06-01 10:00:00", paid_amount=None, reported_refund=None)
    amount = {"kind": "trades", "measure": "amount"}
    assert who(world, {**amount, "operator": "eq", "value": 0}) == [2, 3]
    average = {"kind": "trades", "measure": "average"}
    assert who(world, {**average, "operator": "unknown"}) == [2, 3]
    assert who(world, {**average, "operator": "lt", "value": 1000}) == [1]
    assert who(world, {**average, "operator": "ne", "value": 1000}) == [1]


def test_amounts_are_compared_to_the_last_decimal() -> None:
    world = people({}, {})
    buys(world, 1, "2024-06-01 10:00:00", paid_amount=Decimal("0.0001"))
    amount = {"kind": "trades", "measure": "amount"}
    assert who(world, {**amount, "operator": "ge", "value": "0.0001"}) == [1]
    assert who(world, {**amount, "operator": "lt", "value": "0.0001"}) == [2]
    assert who(world, {**amount, "operator": "gt", "value": "0.00005"}) == [1]


def test_the_lowest_are_those_who_bought_nothing_now_and_then() -> None:
    world = people({}, {}, {})
    buys(world, 1, "2024-06-01 10:00:00", "2024-06-20 10:00:00")
    buys(world, 3, "2024-06-02 10:00:00")
    lowest = {
        "kind": "rank", "direction": "bottom", "size": {"n": 1, "unit": "members"},
        "by": {"kind": "trades", "measure": "amount"},
    }  # fmt: skip
    assert who(world, lowest) == [2]
    assert who(world, lowest, date(2024, 6, 10)) == [2]
    third = {**lowest, "size": {"n": 34, "unit": "percent"}}
    assert who(world, third) == [2, 3]
    known = {**lowest, "by": {"kind": "trades", "measure": "average"}}
    assert who(world, known) == [1]


# Windows, exact to the second


def test_the_last_30_days_begin_at_midnight_29_days_before_today() -> None:
    world = people({}, {}, {}, {})
    visits(world, 1, "2024-05-31 23:59:59.999999")
    visits(world, 2, "2024-06-01 00:00:00")
    visits(world, 3, "2024-06-30 23:59:59.999999")
    came = {"kind": "events", "event": "visit", "measure": "times", "operator": "ge", "value": 1}
    assert who(world, {**came, "window": last(30)}) == [2, 3]
    assert who(world, {**came, "window": last(31)}) == [1, 2, 3]
    assert who(world, {**came, "window": last(1)}) == [3]
    assert who(world, {**came, "window": last(1, "month")}) == [1, 2, 3]
    assert who(world, {**came, "window": {"kind": "this", "unit": "month"}}) == [2, 3]
    assert who(world, {**came, "window": {"kind": "previous", "unit": "month"}}) == [1]
    assert who(world, {**came, "operator": "lt", "window": last(30)}) == [1, 4]


def test_hours_are_exact_and_the_moment_itself_is_not_known() -> None:
    world = people({}, {}, {}, {}, {})
    visits(world, 1, "2024-06-29 11:59:59.999999")
    visits(world, 2, "2024-06-29 12:00:00")
    visits(world, 3, "2024-06-30 11:59:59.999999")
    visits(world, 4, "2024-06-30 12:00:00")
    came = {"kind": "events", "event": "visit", "measure": "times", "operator": "ge", "value": 1}
    at = "2024-06-30 12:00:00"
    assert who(world, {**came, "window": last(24, "hour")}, at=at) == [2, 3]
    assert who(world, came, at=at) == [1, 2, 3]
    ago = {"kind": "between_ago", "n": 24, "m": 1, "unit": "hour"}
    assert who(world, {**came, "window": ago}, at=at) == [2]


def test_between_60_and_30_days_ago() -> None:
    world = people({}, {}, {}, {})
    visits(world, 1, "2024-04-30 23:59:59")
    visits(world, 2, "2024-05-01 00:00:00")
    visits(world, 3, "2024-05-31 23:59:59.999999")
    visits(world, 4, "2024-06-01 00:00:00")
    came = {"kind": "events", "event": "visit", "measure": "times", "operator": "ge", "value": 1}
    for n, m in ((60, 30), (30, 60)):
        window = {"kind": "between_ago", "n": n, "m": m, "unit": "day"}
        assert who(world, {**came, "window": window}) == [2, 3]


def test_since_618_last_year_and_around_this_one() -> None:
    world = people({}, {}, {}, {})
    visits(world, 1, "2023-06-17 23:59:59")
    visits(world, 2, "2023-06-18 00:00:00")
    visits(world, 3, "2024-06-11 00:00:00")
    visits(world, 4, "2024-06-20 00:00:00")
    came = {"kind": "events", "event": "visit", "measure": "times", "operator": "ge", "value": 1}
    since = {"kind": "since", "festival": "618", "year": -1}
    assert who(world, {**came, "window": since}) == [2, 3, 4]
    around = {"kind": "around", "festival": "618", "year": 0, "n": 7, "m": 1}
    assert who(world, {**came, "window": around}) == [3]
    to_come = {"kind": "since", "festival": "double_11", "year": 0}
    assert who(world, {**came, "window": to_come}) == []


def test_a_month_back_from_a_day_that_it_has_not() -> None:
    world = people({}, {})
    visits(world, 1, "2024-02-29 23:59:59")
    visits(world, 2, "2024-03-01 00:00:00")
    came = {"kind": "events", "event": "visit", "measure": "times", "operator": "ge", "value": 1}
    assert who(world, {**came, "window": last(1, "month")}, date(2024, 3, 31)) == [2]
    assert who(world, {**came, "window": last(1, "month")}, date(2024, 3, 29)) == [2]
    assert who(world, {**came, "window": last(1, "month")}, date(2024, 3, 28)) == [1, 2]


def test_ones_own_windows() -> None:
    world = people({}, {}, {})
    buys(world, 1, "2024-01-31 10:00:00", "2024-03-01 10:00:00")
    buys(world, 2, "2024-01-31 10:00:00")
    visits(world, 1, "2024-01-31 09:59:59", "2024-02-29 23:59:59", "2024-03-01 10:00:00")
    visits(world, 2, "2024-01-31 10:00:00", "2024-03-01 00:00:00")
    visits(world, 3, "2024-02-01 10:00:00")
    came = {"kind": "events", "event": "visit", "measure": "times", "operator": "ge", "value": 1}
    assert who(world, {**came, "window": {"kind": "before_first"}}) == [1]
    month = {"kind": "after_first", "n": 1, "unit": "month"}
    assert who(world, {**came, "window": month}) == [1]
    assert who(world, {**came, "window": {"kind": "after_last"}}) == [2]
    assert who(world, {**came, "operator": "lt", "window": month}) == [2, 3]


# Birthdays


def test_birthdays_within_a_week_over_new_year() -> None:
    born = [(12, 28), (12, 29), (1, 4), (1, 5), (1, 6), (None, 30), (12, None)]
    world = people(*({"birth_month": month, "birth_day": day} for month, day in born))
    soon = profile("birthday", "within", {"kind": "next", "n": 7, "unit": "day"})
    assert who(world, soon, date(2023, 12, 29)) == [2, 3, 4]
    assert who(world, profile("birthday", "unknown")) == [6, 7]
    today = profile("birthday", "within", {"kind": "this", "unit": "day"})
    assert who(world, today, date(2024, 1, 5)) == [4]


def test_29_february_is_kept_on_the_28th_of_a_common_year() -> None:
    born = ({"birth_month": 2, "birth_day": day} for day in (28, 29))
    world = people(*born, {"birth_month": 3, "birth_day": 1})
    today = profile("birthday", "within", {"kind": "this", "unit": "day"})
    assert who(world, today, date(2023, 2, 28)) == [1, 2]
    assert who(world, today, date(2023, 3, 1)) == [3]
    assert who(world, today, date(2024, 2, 28)) == [1]
    assert who(world, today, date(2024, 2, 29)) == [2]


def lunar(month: int, day: int) -> Json:
    return {"birth_month": month, "birth_day": day, "birth_lunar": True}


def test_lunar_birthdays() -> None:
    """2023 has a leap second month (22 March to 19 April); its first one ends on its 30th."""
    world = people(lunar(2, 1), lunar(2, 30), lunar(1, 1), {"birth_month": 2, "birth_day": 20})
    today = profile("birthday", "within", {"kind": "this", "unit": "day"})
    assert who(world, today, date(2023, 2, 20)) == [1, 4]
    assert who(world, today, date(2023, 3, 21)) == [2]
    assert lunar_of(date(2023, 3, 22))[:3] == (2, 1, True)
    assert who(world, today, date(2023, 3, 22)) == []
    assert who(world, today, date(2024, 2, 10)) == [3]


def test_the_30th_of_a_short_lunar_month_is_kept_on_its_last_day() -> None:
    """The twelfth month of 2024/25 ends on its 29th, 28 January 2025."""
    assert lunar_of(date(2025, 1, 28)) == (12, 29, False, 29)
    world = people(lunar(12, 29), lunar(12, 30))
    today = profile("birthday", "within", {"kind": "this", "unit": "day"})
    assert who(world, today, date(2025, 1, 28)) == [1, 2]
    assert who(world, today, date(2024, 2, 9)) == [2]
    eve = {"kind": "around", "festival": "spring_festival", "year": 0, "n": 1, "m": 0}
    assert who(world, profile("birthday", "within", eve), date(2025, 1, 1)) == [1, 2]


# Orders


def test_a_full_refund_closes_the_order_from_then_on() -> None:
    world = people({}, {})
    world.tables["refund"] = [
        {
            "refund": 1, "trade": 1, "trade_id": "1", "source": "taobao", "refund_id": "1", "member": 1,
            "shop": 1, "state": "success", "applied_at": shanghai("2024-06-10 10:00:00"),
            "finished_at": shanghai("2024-06-12 10:00:00"), "amount": Decimal(100), "reason": None,
            "is_return": True,
        }
    ]  # fmt: skip
    closed = shanghai("2024-06-12 10:00:00")
    buys(world, 1, "2024-06-01 10:00:00", status="closed_refunded", closed_at=closed)
    buys(world, 2, "2024-06-01 10:00:00")
    assert who(world, orders("ge", 1)) == [2]
    assert who(world, orders("ge", 1, basis="refunded")) == [1]
    assert who(world, orders("ge", 1, basis="all")) == [1, 2]
    assert who(world, orders("ge", 1), at="2024-06-12 10:00:00") == [1, 2]
    assert who(world, orders("ge", 1), at="2024-06-12 10:00:00.000001") == [2]
    assert who(world, orders("ge", 1, basis="refunded"), date(2024, 6, 11)) == []
    amount = {"kind": "trades", "measure": "amount", "operator": "eq", "value": 0}
    assert who(world, amount) == [1]
    assert who(world, amount, date(2024, 6, 11)) == []


def test_a_partial_refund_leaves_a_purchase_and_its_net() -> None:
    world = people({}, {})
    buys(world, 1, "2024-06-01 10:00:00", reported_refund=Decimal(40))
    buys(world, 2, "2024-06-01 10:00:00", reported_refund=Decimal(0))
    net = {"kind": "trades", "measure": "net", "operator": "eq", "value": 60}
    assert who(world, net) == [1]
    assert who(world, orders("ge", 1)) == [1, 2]
    assert who(world, orders("ge", 1, basis="refunded")) == [1]


def test_what_came_later_is_not_known_at_a_past_moment() -> None:
    world = people({}, {"first_seen_at": shanghai("2024-06-20 00:00:00")})
    buys(world, 1, "2024-06-01 10:00:00", "2024-06-21 10:00:00")
    assert who(world, orders("ge", 2)) == [1]
    assert who(world, orders("ge", 2), date(2024, 6, 20)) == []
    assert who(world, {"kind": "all", "children": []}, date(2024, 6, 19)) == [1]
    assert who(world, {"kind": "all", "children": []}, date(2024, 6, 20)) == [1, 2]


def test_a_message_later_than_the_moment_is_not_known() -> None:
    world = people({}, {})
    message = {"message": 1, "member": 1, "home": 1, "kind": "sent", "channel": "sms"}
    world.tables["message_event"] = [{**message, "occurred_at": shanghai("2024-06-20 10:00:00")}]
    buys(world, 2, "2024-06-01 10:00:00")
    got = {"kind": "events", "event": "message", "measure": "times", "operator": "ge", "value": 1}
    assert who(world, got) == [1]
    assert who(world, got, date(2024, 6, 19)) == []


def test_merged_members_are_one() -> None:
    """Their facts are the survivor's; the number that was given up is nobody."""
    world = people({}, {"merged_into": 1}, {})
    buys(world, 1, "2024-06-01 10:00:00", "2024-06-02 10:00:00")
    assert who(world, orders("ge", 2)) == [1]
    assert who(world, orders("eq", 0)) == [3]
    assert who(world, {"kind": "none", "children": []}) == [1, 3]
    assert who(world, {"kind": "members", "members": ["1", "2", "3", "4"]}) == [1, 3]


def test_a_day_is_the_brands_day() -> None:
    """00:30 in Shanghai is the day before in UTC."""
    world = people({}, {})
    buys(world, 1, "2024-06-01 23:30:00", "2024-06-02 00:30:00")
    buys(world, 2, "2024-06-02 00:30:00", "2024-06-02 23:30:00")
    days = {"kind": "trades", "measure": "days", "operator": "eq", "value": 2}
    assert who(world, days) == [1]
    first = {"kind": "trades", "measure": "first_day", "operator": "on", "value": "2024-06-02"}
    assert who(world, first) == [2]
    night = [{"field": "hour", "operator": "eq", "value": 0}]
    assert who(world, orders("ge", 1, where=night)) == [1, 2]
    sunday = [{"field": "weekday", "operator": "any_of", "value": ["7"]}]
    assert who(world, orders("ge", 2, where=sunday)) == [2]


def test_a_parcels_days_are_the_brands_days() -> None:
    world = people({}, {})
    times = (
        ("2024-06-02 00:30:00", "2024-06-02 09:00:00"),
        ("2024-06-01 23:30:00", "2024-06-02 00:30:00"),
    )
    world.tables["parcel"] = [
        {
            "parcel": member, "carrier": "yto", "waybill": str(member), "member": member, "shop": 1,
            "state": "signed", "trouble": None, "shipped_at": shanghai(shipped),
            "signed_at": shanghai(signed), "last_event_at": None,
        }
        for member, (shipped, signed) in enumerate(times, 1)
    ]  # fmt: skip
    same_day = [{"field": "days", "operator": "eq", "value": 0}]
    rule = {"kind": "events", "event": "parcel", "measure": "times", "where": same_day}
    assert who(world, {**rule, "operator": "ge", "value": 1}) == [1]


# Sequences


def test_visited_and_did_not_buy_is_said_once_the_time_is_over() -> None:
    world = people({}, {}, {}, {})
    for member in (1, 2, 3, 4):
        visits(world, member, "2024-06-23 20:00:00")
    buys(world, 1, "2024-06-30 23:59:59")  # within seven days
    buys(world, 2, "2024-07-01 00:00:00")  # too late
    buys(world, 3, "2024-06-23 20:00:00")  # at the same time: not after it
    week = {"n": 7, "unit": "day"}
    step = {
        "kind": "sequence",
        "first": {"event": "visit"},
        "then": {"event": "trade"},
        "within": week,
    }
    assert who(world, step) == [1]
    not_then = {**step, "happens": False}
    assert who(world, not_then, date(2024, 6, 30)) == []
    assert who(world, not_then, date(2024, 7, 1)) == [2, 3, 4]
    exact = {**step, "within": {"n": 172, "unit": "hour"}}
    assert who(world, exact, date(2024, 7, 1)) == [1, 2]
    hours = {**exact, "within": {"n": 171, "unit": "hour"}}
    assert who(world, hours, date(2024, 7, 1)) == []
