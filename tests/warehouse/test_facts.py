"""What one stage after another does to the facts: the rules of the facets, told as small stories."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.warehouse.standin import at, commit, rows_of, staged

from huitou.warehouse import feed
from huitou.warehouse.cities import TIERS, forms
from huitou.warehouse.schema import STATUSES
from huitou.warehouse.store import Warehouse

TEN = Decimal("10.0000")


def order(
    trade_id: str = "t1", status: str = "paid", day: int = 2, **fields: Any
) -> dict[str, Any]:
    """A trade of the 1st, paid at once, in a version of a day."""
    return {
        "source": "taobao",
        "trade_id": trade_id,
        "shop": 1,
        "status": status,
        "created_at": at(1),
        "paid_at": at(1, 5),
        "paid_amount": TEN,
        "refunded_amount": Decimal(0),
        "version_at": at(day),
        "version_rank": STATUSES.index(status) * 16,
        "buyer": "ann",
        **fields,
    }


def line(key: str = "l1", trade_id: str = "t1", **fields: Any) -> dict[str, Any]:
    return {
        "source": "taobao",
        "trade_id": trade_id,
        "shop": 1,
        "line_key": key,
        "line_rank": 1,
        "item_key": "i1",
        "title": "竹蜻蜓",
        "qty": Decimal(1),
        "version_rank": 1,
        **fields,
    }


@pytest.fixture
def load(warehouse: Warehouse, tmp_path: Path) -> Any:
    batches = iter(range(1, 99))

    def bring(**sets: Any) -> Any:
        return commit(warehouse, staged(tmp_path, **sets), batch=next(batches))

    return bring


def changes(warehouse: Warehouse, batch: int) -> list[tuple[Any, ...]]:
    rows = [row for row in feed.after(warehouse, 0, 1000) if row["batch"] == batch]
    return [(row["kind"], row["change"], row["before"], row["after"]) for row in rows]


def test_a_later_version_updates_and_an_older_one_changes_nothing(
    warehouse: Warehouse, load: Any
) -> None:
    assert load(trades=[order(day=2)]).sets["trades"].inserted == 1
    second = load(trades=[order(status="finished", day=9, finished_at=at(9))])
    assert (second.sets["trades"].inserted, second.sets["trades"].updated) == (0, 1)
    third = load(trades=[order(status="shipped", day=4)])
    assert third.is_unchanged
    assert third.sets["trades"].unchanged == 1
    (row,) = rows_of(warehouse, "trade", "status", "finished_at", "batch")
    assert row == {"status": "finished", "finished_at": at(9), "batch": 2}
    assert changes(warehouse, 1) == [
        ("trade", "new", None, "paid"),
        ("member", "new", None, None),
    ]
    assert changes(warehouse, 2) == [("trade", "changed", "paid", "finished")]
    assert changes(warehouse, 3) == []


@pytest.mark.parametrize("later", STATUSES[4:8])
def test_of_two_versions_of_one_time_the_state_never_goes_back(
    warehouse: Warehouse, load: Any, later: str
) -> None:
    load(trades=[order(status=later, day=3)])
    assert load(trades=[order(status="paid", day=3)]).is_unchanged
    assert rows_of(warehouse, "trade", "status") == [{"status": later}]


def test_the_same_stage_twice_changes_nothing_at_all(warehouse: Warehouse, load: Any) -> None:
    sets: dict[str, Any] = {"trades": [order(), order("t2")], "lines": [line(), line("l2", "t2")]}
    load(**sets)
    tables = ("trade", "trade_line", "item", "member", "member_totals", "feed")
    before = {name: rows_of(warehouse, name) for name in tables}
    again = load(**sets)
    assert again.is_unchanged
    assert again.changes == 0
    assert again.paid_amount == 2 * TEN  # the file's own sums are told either way
    assert {name: rows_of(warehouse, name) for name in tables} == before


def test_a_newer_time_of_the_same_values_is_no_change(warehouse: Warehouse, load: Any) -> None:
    load(trades=[order(day=2)])
    again = load(trades=[order(day=5)])
    assert again.is_unchanged
    assert changes(warehouse, 2) == []
    assert rows_of(warehouse, "trade", "version_at") == [{"version_at": at(5)}]


def test_a_newer_version_without_a_receiver_keeps_the_one_known(
    warehouse: Warehouse, load: Any
) -> None:
    load(trades=[order(day=2, receiver_ref=b"r" * 16, province="浙江", city="杭州")])
    load(trades=[order(status="finished", day=9)])
    (row,) = rows_of(warehouse, "trade", "status", "receiver_ref", "city")
    assert row == {"status": "finished", "receiver_ref": b"r" * 16, "city": "杭州"}


def test_the_best_identity_ever_seen_names_the_buyer(warehouse: Warehouse, load: Any) -> None:
    load(trades=[order(buyer=[(30, "phone")])])
    load(trades=[order(buyer=[(14, "ann")])])
    load(trades=[order(buyer=[(30, "phone")])])
    (trade,) = rows_of(warehouse, "trade", "member", "buyer_rank")
    assert trade["buyer_rank"] == 14
    totals = {row["member"]: row["trades"] for row in rows_of(warehouse, "member_totals")}
    assert totals[trade["member"]] == 1
    assert sum(totals.values()) == 1


def test_lines_of_an_unknown_trade_make_a_stub_that_is_completed_later(
    warehouse: Warehouse, load: Any
) -> None:
    first = load(lines=[line(), line("l2")])
    assert first.sets["trades"].total == 0
    (stub,) = rows_of(warehouse, "trade", "trade", "is_stub", "is_paid", "status", "member")
    assert stub == {
        "trade": 1, "is_stub": True, "is_paid": False, "status": None, "member": None,
    }  # fmt: skip
    load(trades=[order()])
    (trade,) = rows_of(warehouse, "trade", "trade", "is_stub", "is_paid", "status", "member")
    assert trade == {
        "trade": 1, "is_stub": False, "is_paid": True, "status": "paid", "member": 1,
    }  # fmt: skip
    copies = rows_of(warehouse, "trade_line", "member", "is_paid", "paid_at")
    assert copies == [{"member": 1, "is_paid": True, "paid_at": at(1, 5)}] * 2
    assert rows_of(warehouse, "member_totals", "lines", "items") == [{"lines": 2, "items": 1}]


def test_an_explicit_stub_never_stands_against_a_real_version(
    warehouse: Warehouse, load: Any
) -> None:
    load(trades=[order(day=2)])
    stub = order(status="finished", day=9, is_stub=True, paid_amount=None, buyer=None)
    load(trades=[{**stub, "finished_at": at(8)}])
    (row,) = rows_of(warehouse, "trade", "status", "paid_amount", "finished_at", "is_stub")
    assert row == {"status": "paid", "paid_amount": TEN, "finished_at": at(8), "is_stub": False}


def test_a_better_source_of_lines_replaces_the_poorer_set(warehouse: Warehouse, load: Any) -> None:
    load(trades=[order()], lines=[line("title-a", qty=Decimal(3)), line("title-b")])
    better = load(lines=[line("sub-1", line_rank=2), line("sub-2", line_rank=2)])
    assert better.sets["lines"].inserted == 2
    assert load(lines=[line("title-c")]).is_unchanged
    keys = [row["line_key"] for row in rows_of(warehouse, "trade_line", "line_key")]
    assert keys == ["sub-1", "sub-2"]
    assert changes(warehouse, 2) == [("trade_line", "changed", None, "paid")]


def test_within_a_source_a_line_is_updated_and_others_stay(warehouse: Warehouse, load: Any) -> None:
    load(trades=[order()], lines=[line("l1"), line("l2")])
    report = load(lines=[line("l2", version_rank=9, status="closed_refunded")])
    assert (report.sets["lines"].inserted, report.sets["lines"].updated) == (0, 1)
    states = rows_of(warehouse, "trade_line", "line_key", "status", "is_paid")
    assert states == [
        {"line_key": "l1", "status": None, "is_paid": True},
        {"line_key": "l2", "status": "closed_refunded", "is_paid": False},
    ]


def test_an_item_known_from_lines_is_completed_by_the_catalogue(
    warehouse: Warehouse, load: Any
) -> None:
    load(trades=[order()], lines=[line(category="玩具")])
    load(items=[{"source": "taobao", "item_key": "i1", "title": "竹蜻蜓 DIY", "version_at": at(3)}])
    assert rows_of(warehouse, "item", "item", "title", "category") == [
        {"item": 1, "title": "竹蜻蜓 DIY", "category": "玩具"}
    ]
    load(items=[{"source": "taobao", "item_key": "i1", "category": "科教", "version_at": at(4)}])
    assert rows_of(warehouse, "trade_line", "category", "title") == [
        {"category": "科教", "title": "竹蜻蜓"}
    ]


def refund(state: str, day: int, amount: str = "4", **fields: Any) -> dict[str, Any]:
    return {
        "source": "taobao",
        "refund_id": "f1",
        "trade_id": "t1",
        "shop": 1,
        "state": state,
        "amount": Decimal(amount),
        "version_at": at(day),
        **fields,
    }


def test_a_refund_counts_once_it_succeeds_and_may_come_before_its_trade(
    warehouse: Warehouse, load: Any
) -> None:
    load(refunds=[refund("applied", 2)])
    assert rows_of(warehouse, "refund", "trade", "member") == [{"trade": None, "member": None}]
    load(trades=[order()])
    assert rows_of(warehouse, "refund", "trade", "member") == [{"trade": 1, "member": 1}]
    assert rows_of(warehouse, "trade", "refunded_amount") == [{"refunded_amount": Decimal(0)}]
    load(refunds=[refund("success", 3)])
    (trade,) = rows_of(warehouse, "trade", "refunded_amount", "reported_refund", "is_paid")
    assert trade == {
        "refunded_amount": Decimal(4), "reported_refund": Decimal(0), "is_paid": True,
    }  # fmt: skip
    (totals,) = rows_of(warehouse, "member_totals", "refunded_amount", "net_amount")
    assert totals == {"refunded_amount": Decimal(4), "net_amount": Decimal(6)}
    load(refunds=[refund("closed", 4)])
    assert rows_of(warehouse, "trade", "refunded_amount") == [{"refunded_amount": Decimal(0)}]
    assert ("refund", "changed", "success", "closed") in changes(warehouse, 4)


def test_the_order_report_may_say_more_than_the_refund_report(
    warehouse: Warehouse, load: Any
) -> None:
    load(trades=[order(refunded_amount=Decimal(7))], refunds=[refund("success", 3)])
    assert rows_of(warehouse, "trade", "refunded_amount") == [{"refunded_amount": Decimal(7)}]


@pytest.mark.parametrize(
    ("fields", "counts"),
    [
        ({}, True),
        ({"paid_at": None}, False),
        ({"status": "closed_unpaid"}, False),
        ({"status": "deposit_paid"}, False),
        ({"status": "closed_refunded", "refunded_amount": TEN}, False),
        ({"status": "closed_refunded", "refunded_amount": Decimal(3)}, True),
        ({"status": "closed_refunded", "paid_amount": Decimal(0)}, False),
        ({"status": "closed_refunded", "paid_amount": None, "refunded_amount": None}, False),
        ({"status": None, "version_rank": None}, True),
        ({"paid_amount": None, "refunded_amount": None}, True),
    ],
)
def test_which_trades_are_purchases(
    warehouse: Warehouse, load: Any, fields: dict[str, Any], counts: bool
) -> None:
    load(trades=[{**order(), **fields}])
    assert rows_of(warehouse, "trade", "is_paid") == [{"is_paid": counts}]
    (totals,) = rows_of(warehouse, "member_totals", "paid_trades", "trades")
    assert totals == {"paid_trades": int(counts), "trades": 1}


def test_what_is_not_known_stays_unknown(warehouse: Warehouse, load: Any) -> None:
    bare = {"source": "pos", "trade_id": "t9", "shop": 1}
    load(trades=[bare], lines=[{**bare, "line_key": "l1"}])
    (row,) = rows_of(warehouse, "trade")
    known = {"trade", "source", "trade_id", "shop", "is_paid", "is_stub", "fingerprint",
             "contact_fingerprint", "batch"}  # fmt: skip
    assert {name for name, value in row.items() if value is not None} == known
    assert load(trades=[bare], lines=[{**bare, "line_key": "l1"}]).is_unchanged
    assert rows_of(warehouse, "member") == []
    assert rows_of(warehouse, "member_totals") == []


def test_reviews_and_visits_find_their_member(warehouse: Warehouse, load: Any) -> None:
    review = {"source": "taobao", "review_key": "v1", "trade_id": "t1", "rating": "bad",
              "item_key": "i9", "item_title": "风车", "version_at": at(6)}  # fmt: skip
    visit = {"source": "web", "shop": 1, "kind": "browse", "occurred_at": at(7), "buyer": "ann"}
    load(reviews=[review], visits=[visit, visit])
    load(trades=[order()])
    assert rows_of(warehouse, "review", "trade", "member") == [{"trade": 1, "member": 1}]
    (totals,) = rows_of(warehouse, "member_totals", "reviews", "bad_reviews", "visits")
    assert totals == {"reviews": 1, "bad_reviews": 1, "visits": 1}
    own = load(reviews=[{**review, "buyer": "bob"}])
    assert own.sets["reviews"].unchanged == 1
    bob = max(row["member"] for row in rows_of(warehouse, "member"))
    assert rows_of(warehouse, "review", "member") == [{"member": bob}]
    counted = {row["member"]: row["reviews"] for row in rows_of(warehouse, "member_totals")}
    assert counted == {1: 0, bob: 1}


def test_a_member_has_each_column_of_the_newest_list_that_knows_it(
    warehouse: Warehouse, load: Any
) -> None:
    load(trades=[order(province="浙江", city="杭州", district="西湖")])
    assert rows_of(warehouse, "member", "province", "city") == [
        {"province": "浙江", "city": "杭州"}
    ]
    listed = {"source": "list", "gender": "f", "level": "银", "version_at": at(3), "buyer": "ann"}
    load(
        profiles=[{**listed, "birth_month": 5, "birth_day": 4}],
        profile_attributes=[{"name": "肤质", "value": "干", "version_at": at(3)}],
    )
    load(
        profiles=[{**listed, "source": "till", "gender": None, "level": "金", "version_at": at(5)}]
    )
    (row,) = rows_of(warehouse, "member", "gender", "level", "birth_month", "province")
    assert row == {"gender": "f", "level": "金", "birth_month": 5, "province": "浙江"}
    assert rows_of(warehouse, "member_attribute", "member", "name", "value") == [
        {"member": 1, "name": "肤质", "value": "干"}
    ]
    assert ("member", "changed", None, None) in changes(warehouse, 3)


def test_a_member_has_the_tier_of_its_city(warehouse: Warehouse, load: Any) -> None:
    cities = ["上海市", "杭州市", "绍兴市", "扬州市", "恩施州", "台北市", "某市"]
    load(
        trades=[
            order(f"t{n}", buyer=city, province="某省", city=city) for n, city in enumerate(cities)
        ]
    )
    rows = rows_of(warehouse, "member", "city", "city_tier")
    tiers = {row["city"]: row["city_tier"] for row in rows}
    assert [tiers[city] for city in cities] == [1, 2, 3, 4, 5, None, None]
    listed = {"source": "list", "province": "广东省", "city": "广州市", "version_at": at(3)}
    load(profiles=[{**listed, "buyer": "某市"}])
    tiers = {row["city"]: row["city_tier"] for row in rows_of(warehouse, "member")}
    assert tiers["广州市"] == 1


def test_every_city_has_one_tier_under_every_name_it_goes_by() -> None:
    names = [form for tier in TIERS.values() for name in tier.split() for form in forms(name)]
    assert len(names) == len(set(names)) > 600
    assert forms("恩施土家族苗族自治州") == ("恩施土家族苗族自治州", "恩施州")
    assert forms("巴音郭楞蒙古自治州") == ("巴音郭楞蒙古自治州", "巴音郭楞州")
    assert (forms("苏州"), forms("兴安盟")) == (("苏州市", "苏州"), ("兴安盟",))


def test_the_feed_is_read_with_a_cursor(warehouse: Warehouse, load: Any) -> None:
    load(trades=[order(str(n)) for n in range(5)])
    first = feed.after(warehouse, 0, 4)
    rest = feed.after(warehouse, first[-1]["seq"], 100)
    assert [row["seq"] for row in first + rest] == list(range(1, 7))
    assert feed.last(warehouse) == 6
    assert feed.after(warehouse, 6, 10) == []
