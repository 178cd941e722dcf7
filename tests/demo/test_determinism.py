"""The same question has the same answer, however it is asked; a later look finds the same world."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.demo.look import collect, fingerprint

from huitou.demo.generate import Options, generate
from huitou.intake.canonical import SCHEMAS

UNTIL = date(2026, 11, 22)


def test_same_arguments_give_the_same_rows() -> None:
    first = collect(400, seed=5, until=UNTIL)
    again = collect(400, seed=5, until=UNTIL)
    assert fingerprint(first) == fingerprint(again)
    assert fingerprint(first) != fingerprint(collect(400, seed=6, until=UNTIL))


def test_rows_do_not_depend_on_the_size_of_chunks() -> None:
    whole = collect(700, seed=5, until=UNTIL)
    cut = collect(700, seed=5, until=UNTIL, options=Options(people_per_chunk=130))
    assert fingerprint(whole) == fingerprint(cut)


def test_a_later_look_finds_the_same_orders_further_on() -> None:
    early = datetime(2026, 11, 12, 4, 0, tzinfo=UTC)
    then = collect(2_000, seed=5, until=early, anchor=date(2026, 11, 12))
    now = collect(2_000, seed=5, until=early + timedelta(days=9), anchor=date(2026, 11, 12))
    columns = "trade_id, created_at, goods_amount, discount_amount, buyer_nick, receiver_name"
    gone = then.rows(f"select {columns} from trades")
    kept = set(now.rows(f"select {columns} from trades"))
    assert gone
    assert set(gone) <= kept
    for name in ("paid_at", "shipped_at", "signed_at"):
        known = f"select trade_id, {name} from trades where {name} is not null"
        assert set(then.rows(known)) <= set(now.rows(known))
    versions = dict(now.rows("select trade_id, version_at from trades"))
    assert all(
        versions[trade] >= at for trade, at in then.rows("select trade_id, version_at from trades")
    )
    moved = dict(then.rows("select trade_id, status from trades")).items() - set(
        now.rows("select trade_id, status from trades")
    )
    assert len(moved) > 20
    assert len(now.tables["trades"]) > len(gone) + 20
    assert now.one(f"select count(*) from trades where created_at > '{early:%Y-%m-%d %H:%M}'") > 20
    assert now.one("select count(distinct phone) from profiles") > then.one(
        "select count(distinct phone) from profiles"
    )


def test_a_record_that_changed_has_a_newer_version() -> None:
    early = datetime(2026, 11, 12, 4, 0, tzinfo=UTC)
    then = collect(2_000, seed=5, until=early, anchor=date(2026, 11, 12))
    now = collect(2_000, seed=5, until=early + timedelta(days=3), anchor=date(2026, 11, 12))
    for name, key in (("refunds", "refund_id"), ("reviews", "review_key"), ("trades", "trade_id")):
        columns = [c for c in SCHEMAS[name].names if c not in ("row_no", "version_at")]
        fact = f"{key}, concat_ws('|', {', '.join(f'coalesce({c}::varchar, chr(0))' for c in columns)})"
        before = {row[0]: row[1:] for row in then.rows(f"select {fact}, version_at from {name}")}
        after = {row[0]: row[1:] for row in now.rows(f"select {fact}, version_at from {name}")}
        changed = {k for k in before if before[k][0] != after[k][0]}
        assert changed or name == "reviews"
        assert all(after[k][1] > before[k][1] for k in changed), name


@settings(max_examples=12, deadline=None)
@given(
    seed=st.integers(0, 2**40),
    members=st.integers(1, 60),
    until=st.dates(date(2021, 1, 1), date(2031, 12, 31)),
)
def test_any_seed_and_day_gives_canonical_tables_with_sums_that_hold(
    seed: int, members: int, until: date
) -> None:
    data = collect(members, seed=seed, until=until)
    for name, schema in SCHEMAS.items():
        assert data.tables[name].drop(["shop_code"]).schema == schema
    wrong = """
        select count(*) from trades left join (
            select trade_id, source, sum(paid_amount) paid, sum(line_amount) goods, sum(qty) units,
                   sum(refunded_amount) refunded from lines group by all
        ) l using (source, trade_id)
        where l.paid is distinct from trades.paid_amount or l.goods is distinct from goods_amount
           or l.units is distinct from trades.units or l.refunded is distinct from trades.refunded_amount
    """
    assert data.one(wrong) == 0
    assert data.one("select count(*) from trades where created_at > version_at") == 0


@pytest.mark.parametrize("members", [0, 30_000_000])
def test_an_impossible_number_of_people_is_refused(members: int) -> None:
    with pytest.raises(ValueError, match="members"):
        next(generate(members, 1, UNTIL))
