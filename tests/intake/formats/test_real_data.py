"""The real files under ../shared/data give the totals that their README states.

They are not part of the project and are skipped where they are absent.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from tests.intake.formats.support import DATA, AShop, Found, read

from huitou.intake.detect import detect
from huitou.intake.mapping import examples, profile_from_json
from huitou.intake.readers import open_source

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason=f"real data is not here: {DATA}")


def by_profile(path: str, code: str) -> Found:
    found = read(DATA / path, code)
    assert found.rejects == []
    assert found.unknown == {}
    return found


def by_mapping(path: str, example: str) -> Found:
    found = read(DATA / path, profile_from_json(examples()[example]), shop=AShop(platform="other"))
    assert found.rejects == []
    return found


def total(table: pa.Table, column: str) -> Decimal:
    return Decimal(pc.sum(table[column]).as_py())


def where(table: pa.Table, column: str, value: Any) -> pa.Table:
    return table.filter(pc.equal(table[column], value))


def distinct(table: pa.Table, column: str) -> int:
    return len(pc.unique(table[column].drop_null()))


def counts(table: pa.Table, column: str) -> dict[Any, int]:
    return {
        entry["values"]: entry["counts"] for entry in pc.value_counts(table[column]).to_pylist()
    }


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("taobao_toy_store/orders_redacted.csv", "taobao_orders"),
        ("taobao_toy_store/order_items.csv", "taobao_items_old"),
        ("taobao_toy_store/items_attribute.csv", "item_catalogue"),
        ("tmall_2020/tmall_order_report.csv", "taobao_orders"),
    ],
)
def test_reports_are_detected(path: str, code: str) -> None:
    (table,) = open_source(DATA / path).tables()
    matches = [match for match in detect(table.header, table.sample()) if not match.missing]
    assert matches[0].profile.code == code
    assert matches[0].score > 0.8


def test_toy_store() -> None:
    trades = by_profile("taobao_toy_store/orders_redacted.csv", "taobao_orders").tables["trades"]
    assert trades.num_rows == distinct(trades, "trade_id") == 3_989
    assert counts(trades, "status") == {"finished": 3_989}
    assert distinct(trades, "buyer_nick") == 3_411
    assert total(trades, "paid_amount") == Decimal("289655.94")
    assert total(trades, "refunded_amount") == Decimal("1355.49")
    assert sum(amount > 0 for amount in trades["refunded_amount"].to_pylist()) == 46
    buyers = trades.group_by("buyer_nick").aggregate([("trade_id", "count_distinct")])
    assert sum(n >= 2 for n in buyers["trade_id_count_distinct"].to_pylist()) == 376
    assert trades["province"].null_count == 0
    assert trades["paid_at"][0].as_py().isoformat() == "2017-05-30T15:18:00"

    found = by_profile("taobao_toy_store/order_items.csv", "taobao_items_old")
    lines = found.tables["lines"]
    assert lines.num_rows == 21_897
    assert counts(lines, "status") == {"finished": 21_824, "closed_refunded": 73}
    # The trap: one file's order numbers carry a trailing blank.
    assert set(lines["trade_id"].to_pylist()) == set(trades["trade_id"].to_pylist())
    keys = lines.group_by(["trade_id", "line_key"]).aggregate([])
    assert keys.num_rows == 21_897
    assert set(found.tables["trades"]["is_stub"].to_pylist()) == {True}

    items = by_profile("taobao_toy_store/items_attribute.csv", "item_catalogue").tables["items"]
    listed = items.filter(pc.invert(pc.starts_with(items["item_key"], "title:")))
    assert listed.num_rows == distinct(listed, "item_key") == 288
    # The item report names goods by title only; nearly all of it finds its way to the catalogue.
    linked = pc.sum(pc.is_in(lines["item_key"], items["item_key"].combine_chunks())).as_py()
    assert linked > 0.5 * lines.num_rows, linked


def test_taobao_shop_2019() -> None:
    trades = by_mapping("taobao_shop_2019/orders.csv", "taobao_shop_2019").tables["trades"]
    assert trades.num_rows == distinct(trades, "trade_id") == 28_832
    finished = where(trades, "status", "finished")
    assert (finished.num_rows, distinct(finished, "buyer_nick")) == (27_792, 25_419)
    assert total(finished, "paid_amount") == Decimal("1501873.785")
    closed = where(trades, "status", "closed_refunded")
    assert closed.num_rows == 28_832 - 27_792
    assert total(closed, "refunded_amount") == total(closed, "paid_amount")


def test_tmall_2020() -> None:
    trades = by_profile("tmall_2020/tmall_order_report.csv", "taobao_orders").tables["trades"]
    assert trades.num_rows == 28_010
    assert trades.num_rows - trades["paid_at"].null_count == 24_087
    assert total(trades, "goods_amount") == Decimal("2995760.61")
    assert total(trades, "paid_amount") == Decimal("1902487.15")
    assert total(trades, "refunded_amount") == Decimal("572335.92")
    assert sum(amount > 0 for amount in trades["refunded_amount"].to_pylist()) == 5_646
    assert counts(trades, "status") == {"unpaid": 3_923, "paid": 18_955, "closed_refunded": 5_132}
    assert distinct(trades, "province") == 31
    assert trades["buyer_nick"].null_count == trades.num_rows


def test_online_retail() -> None:
    found = by_mapping("online_retail/online_retail_2010_2011.csv.xz", "online_retail")
    lines, trades = found.tables["lines"], found.tables["trades"]
    assert lines.num_rows == 541_909
    assert lines.group_by(["trade_id", "line_key"]).aggregate([]).num_rows == 541_909
    assert total(lines, "line_amount") == Decimal("9747747.934")
    assert lines.filter(pc.starts_with(lines["trade_id"], "C")).num_rows == 9_288
    assert trades.num_rows == distinct(trades, "trade_id") == 25_900
    assert distinct(trades, "customer_no") == 4_372
    assert total(trades, "paid_amount") - total(trades, "refunded_amount") == Decimal("9747747.934")
    invoices = where(trades, "status", "finished")
    assert distinct(invoices, "customer_no") == 4_339
    per_customer = invoices.filter(pc.is_valid(invoices["customer_no"])).group_by("customer_no")
    many = per_customer.aggregate([("trade_id", "count_distinct")])["trade_id_count_distinct"]
    assert sum(n >= 2 for n in many.to_pylist()) == 2_845
    unknown = trades.filter(pc.is_null(trades["customer_no"]))["trade_id"].combine_chunks()
    assert pc.sum(pc.is_in(lines["trade_id"], unknown)).as_py() == 135_080
    back = where(trades, "status", "closed_refunded")
    assert total(back, "paid_amount") == 0
    assert found.tables["refunds"].num_rows == back.num_rows


@pytest.mark.parametrize(
    ("path", "example", "rows", "customers", "amount"),
    [
        ("cdnow/CDNOW_master.txt", "cdnow_master", 69_659, 23_570, "2500315.63"),
        ("cdnow/CDNOW_sample.txt", "cdnow_sample", 6_919, 2_357, "244091.94"),
    ],
)
def test_cdnow(path: str, example: str, rows: int, customers: int, amount: str) -> None:
    trades = by_mapping(path, example).tables["trades"]
    assert trades.num_rows == distinct(trades, "trade_id") == rows
    assert distinct(trades, "customer_no") == customers
    assert total(trades, "paid_amount") == Decimal(amount)
    assert counts(trades, "status") == {"finished": rows}
    if example == "cdnow_master":
        by = trades.group_by("customer_no").aggregate(
            [("row_no", "count"), ("paid_at", "count_distinct")]
        )
        assert sum(n >= 2 for n in by["row_no_count"].to_pylist()) == 11_662
        assert sum(n >= 2 for n in by["paid_at_count_distinct"].to_pylist()) == 11_516


def test_hillstrom() -> None:
    found = by_mapping("hillstrom/hillstrom.csv", "hillstrom")
    people, attributes = found.tables["profiles"], found.tables["profile_attributes"]
    assert people.num_rows == distinct(people, "customer_no") == 64_000
    assert attributes.num_rows == 64_000 * 12
    visits = where(attributes, "name", "visit")
    segments = where(attributes, "name", "segment")
    mens = set(where(segments, "value", "Mens E-Mail")["row_no"].to_pylist())
    came = set(where(visits, "value", "1")["row_no"].to_pylist())
    assert round(len(mens & came) / len(mens) * 100, 4) == 18.2757


def test_complete_journey() -> None:
    found = by_mapping("complete_journey/transactions.parquet", "complete_journey")
    lines, trades = found.tables["lines"], found.tables["trades"]
    assert lines.num_rows == 1_469_307
    assert trades.num_rows == distinct(trades, "trade_id") == 155_848
    assert (distinct(trades, "customer_no"), distinct(trades, "channel")) == (2_469, 457)
    sales = pq.read_table(DATA / "complete_journey/transactions.parquet", columns=["sales_value"])
    exact = pc.sum(sales["sales_value"].cast(pa.decimal128(18, 4), safe=False)).as_py()
    assert total(trades, "paid_amount") == total(lines, "paid_amount") == exact
    items = by_mapping("complete_journey/products.parquet", "complete_journey_products").tables[
        "items"
    ]
    assert items.num_rows == 92_331
    people = by_mapping("complete_journey/demographics.parquet", "complete_journey_households")
    assert people.tables["profiles"].num_rows == 801


def test_reviews_cn() -> None:
    reviews = by_mapping("reviews_cn/online_shopping_10_cats.csv", "reviews_cn").tables["reviews"]
    assert reviews.num_rows == distinct(reviews, "review_key") == 62_774
    assert distinct(reviews, "category") == 10
    assert reviews["text"].null_count == 1
    assert set(counts(reviews, "rating")) == {"good", "bad"}
    text = "\n".join(text for text in reviews["text"].to_pylist() if text)
    assert not text.startswith("\ufeff")
