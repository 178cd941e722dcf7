"""The real files under ../shared/data, through the whole pipeline, give the totals of their README.

They are not part of the project and are skipped where they are absent.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from tests.intake.pipeline.support import DATA, NOW, bring

from huitou.accounts import shops
from huitou.intake.importing import choice_of
from huitou.intake.workplace import Workplace

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not DATA.is_dir(), reason=f"real data is not here: {DATA}"),
]


def mapped(name: str) -> dict[str, Any]:
    return choice_of("auto", None, name)


def came_in(work: Workplace, *files: str, **options: Any) -> dict[str, Any]:
    told = bring(work, *(DATA / name for name in files), **options)
    assert told["failed"] == 0, [entry["error"] for entry in told["files"]]
    assert all(entry["rejected"] == 0 for entry in told["files"])
    return told


def again_is_unchanged(work: Workplace, *files: str, **options: Any) -> None:
    before = _version(work)
    for entry in came_in(work, *files, **options)["files"]:
        assert (entry["inserted"], entry["updated"]) == (0, 0)
        assert entry["unchanged"] > 0
    assert _version(work) == before


def _version(work: Workplace) -> Any:
    feed = work.warehouse.table("feed")
    return work.warehouse.scalar(feed.count())


def test_the_toy_store(work: Workplace) -> None:
    files = tuple(
        f"taobao_toy_store/{name}.csv"
        for name in ("order_items", "items_attribute", "orders_redacted")
    )
    told = came_in(work, *files)
    assert told["totals"] == {
        "trades": 3_989,
        "lines": 21_897,
        "members": 3_411,
        "paid_amount": "289655.94",
        "refunded_amount": "1355.49",
    }
    assert told["created_shops"] == [{"code": "taobao", "name": "淘宝店", "platform": "taobao"}]
    lines = work.warehouse.table("trade_line")
    closed = lines.filter(lines.status.isin(["closed_unpaid", "closed_refunded"]))
    assert work.warehouse.scalar(closed.count()) == 73
    trades = work.warehouse.table("trade")
    assert work.warehouse.scalar(trades.filter(trades.refunded_amount > 0).count()) == 46
    totals = work.warehouse.table("member_totals")
    assert work.warehouse.scalar(totals.filter(totals.paid_trades >= 2).count()) == 376
    again_is_unchanged(work, *files)


def test_the_shop_of_2019(work: Workplace) -> None:
    told = came_in(work, "taobao_shop_2019/orders.csv", choice=mapped("taobao_shop_2019"))
    assert told["totals"]["trades"] == 28_832
    trades = work.warehouse.table("trade")
    finished = trades.filter(trades.status == "finished")
    (row,) = work.warehouse.rows(
        finished.aggregate(
            trades=finished.count(),
            buyers=finished.member.nunique(),
            paid=finished.paid_amount.sum(),
        )
    )
    assert (row["trades"], row["buyers"]) == (27_792, 25_419)
    assert row["paid"] == Decimal("1501873.785")
    per_member = finished.group_by("member").aggregate(
        n=finished.count(), days=finished.paid_day.nunique()
    )
    assert work.warehouse.scalar((per_member.n >= 2).sum()) == 2_053
    assert work.warehouse.scalar((per_member.days >= 2).sum()) == 1_751


def test_the_tmall_report(work: Workplace) -> None:
    told = came_in(work, "tmall_2020/tmall_order_report.csv")
    assert told["totals"]["trades"] == 28_010
    assert told["totals"]["members"] == 0
    assert told["totals"]["paid_amount"] == "1902487.15"
    assert told["totals"]["refunded_amount"] == "572335.92"
    trades = work.warehouse.table("trade")
    (row,) = work.warehouse.rows(
        trades.aggregate(
            paid=trades.paid_at.count(),
            refunds=(trades.refunded_amount > 0).sum(),
            provinces=trades.province.nunique(),
        )
    )
    assert (row["paid"], row["refunds"], row["provinces"]) == (24_087, 5_646, 31)
    again_is_unchanged(work, "tmall_2020/tmall_order_report.csv")


def test_online_retail(work: Workplace) -> None:
    told = came_in(
        work, "online_retail/online_retail_2010_2011.csv.xz", choice=mapped("online_retail")
    )
    assert told["totals"]["lines"] == 541_909
    assert told["totals"]["trades"] == 25_900
    assert told["totals"]["members"] == 4_372
    trades, lines = work.warehouse.table("trade"), work.warehouse.table("trade_line")
    assert work.warehouse.scalar(lines.member.isnull().sum()) == 135_080
    assert work.warehouse.scalar(lines.line_amount.sum()) == Decimal("9747747.934")
    sold = trades.filter(~trades.trade_id.startswith("C")).filter(trades.member.notnull())
    per_member = sold.group_by("member").aggregate(n=sold.count())
    assert work.warehouse.scalar(per_member.count()) == 4_339
    assert work.warehouse.scalar((per_member.n >= 2).sum()) == 2_845


def test_cdnow(work: Workplace) -> None:
    told = came_in(work, "cdnow/CDNOW_master.txt", choice=mapped("cdnow_master"))
    assert told["totals"]["trades"] == 69_659
    assert told["totals"]["members"] == 23_570
    assert told["totals"]["paid_amount"] == "2500315.63"
    trades = work.warehouse.table("trade")
    per_member = trades.group_by("member").aggregate(
        n=trades.count(), days=trades.created_day.nunique()
    )
    assert work.warehouse.scalar((per_member.n >= 2).sum()) == 11_662
    assert work.warehouse.scalar((per_member.days >= 2).sum()) == 11_516


def test_hillstrom(work: Workplace) -> None:
    told = came_in(work, "hillstrom/hillstrom.csv", choice=mapped("hillstrom"))
    assert told["totals"]["members"] == 64_000
    assert told["files"][0]["rows"] == 64_000


def test_the_grocer(work: Workplace) -> None:
    shops.ensure_shop("grocer", "Grocer", "pos", "store", NOW, None)
    told = came_in(
        work,
        "complete_journey/transactions.parquet",
        choice=mapped("complete_journey"),
        shop="grocer",
    )
    assert told["totals"]["lines"] == 1_469_307
    assert told["totals"]["trades"] == 155_848
    assert told["totals"]["members"] == 2_469


def test_reviews(work: Workplace) -> None:
    shops.ensure_shop("own", "自营", "own", "online", NOW, None)
    told = bring(
        work,
        DATA / "reviews_cn/online_shopping_10_cats.csv",
        choice=mapped("reviews_cn"),
        shop="own",
    )
    entry = told["files"][0]
    assert entry["error"] is None
    assert entry["rows"] == 62_774
    assert entry["inserted"] + entry["rejected"] == 62_774
    reviews = work.warehouse.table("review")
    assert work.warehouse.scalar(reviews.category.nunique()) == 10
