"""Taobao and Tmall item reports old and new, refunds, the catalogue."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest
from tests.intake.formats.support import csv_bytes, read

from huitou.intake.detect import detect
from huitou.intake.mapping import suggest

ITEMS_OLD = "订单编号,标题,价格,购买数量,外部系统编号,商品属性,套餐信息,备注,订单状态,商家编码"
ITEMS_NEW = (
    "子订单编号,主订单编号,商品标题,商品价格,购买数量,外部系统编号,商品属性,套餐信息,联系方式备注,订单状态,商家编码,支付单号,"
    "买家应付货款,买家实付金额,退款状态,退款金额,订单创建时间,订单付款时间,发货时间,应发货时间,淘鲜达渠道,商品ID,分阶段信息,"
    "备注标签,商家备注,主订单买家留言,物流单号,物流公司,是否主动赔付,主动赔付金额,主动赔付出账时间"
)
REFUNDS = (
    "订单编号,退款编号,支付宝交易号,订单付款时间,商家编码,退款完结时间,买家会员名称,买家实际支付金额,宝贝标题,买家退款金额,"
    "手工退款/系统退款,是否需要退货,退款状态,退款的申请时间,买家退款原因"
)

# -- item reports -----------------------------------------------------------------------------------


def test_old_item_report_gives_lines_and_stub_trades() -> None:
    rows = [
        ["100 ", "茶叶罐", "0.58", "12", "WY013", "颜色分类：红", "", "", "交易成功", "WY013"],
        ["100", "茶叶", "20", "1", "", "", "null", "", "交易关闭", ""],
        ["101", "茶叶", "20", "1", "", "", "", "", "等待买家付款", ""],
    ]
    found = read(csv_bytes(ITEMS_OLD, rows, "gb18030"), "taobao_items_old")
    lines = found.of("lines")
    assert [line["trade_id"] for line in lines] == ["100", "100", "101"]
    assert lines[0]["line_amount"] == Decimal("6.96")
    assert (lines[0]["sku"], lines[0]["sku_code"]) == ("颜色分类：红", "WY013")
    assert [line["status"] for line in lines] == ["finished", "closed_refunded", "unpaid"]
    assert lines[1]["item_key"] == lines[2]["item_key"] != lines[0]["item_key"]
    trades = found.by_id()
    assert {trade["is_stub"] for trade in trades.values()} == {True}
    assert (trades["100"]["status"], trades["101"]["status"]) == ("finished", "unpaid")
    assert trades["100"]["units"] == 13


def test_identical_lines_are_counted_and_keep_their_keys_in_any_export() -> None:
    one = ["100", "茶叶", "20", "1", "", "", "", "", "等待卖家发货", ""]
    other = ["100", "茶叶", "21", "1", "", "", "", "", "等待卖家发货", ""]
    later = [*one[:8], "交易成功", ""]
    before = read(csv_bytes(ITEMS_OLD, [one, other, one]), "taobao_items_old").of("lines")
    after = read(csv_bytes(ITEMS_OLD, [later, later]), "taobao_items_old").of("lines")
    keys = [line["line_key"] for line in before]
    assert len(set(keys)) == 3
    assert {line["line_key"] for line in after} == {keys[0], keys[2]}
    # Another order with the same goods is its own.
    assert keys[0].endswith(":1")
    assert keys[2].endswith(":2")


def test_lines_apart_in_the_file_still_count_on() -> None:
    one = ["100", "茶叶", "20", "1", "", "", "", "", "交易成功", ""]
    fillers = [[str(n), "水", "1", "1", "", "", "", "", "交易成功", ""] for n in range(200, 260)]
    near = read(csv_bytes(ITEMS_OLD, [one, one, *fillers]), "taobao_items_old")
    far = read(csv_bytes(ITEMS_OLD, [one, *fillers, one]), "taobao_items_old", batch_rows=7)
    assert {(x["trade_id"], x["line_key"]) for x in far.of("lines")} == {
        (x["trade_id"], x["line_key"]) for x in near.of("lines")
    }
    assert far.by_id()["100"]["units"] == near.by_id()["100"]["units"] == 2
    assert len(far.of("trades")) == len(near.of("trades")) == 61


def test_new_item_report() -> None:
    row = {
        "子订单编号": "7001",
        "主订单编号": "700",
        "商品标题": "花雕",
        "商品价格": "39.90",
        "购买数量": "2",
        "商品属性": "规格：500ml",
        "订单状态": "交易关闭",
        "商家编码": "HJ-1",
        "买家应付货款": "70",
        "买家实付金额": "70",
        "退款状态": "退款成功",
        "退款金额": "70",
        "订单创建时间": "2023-01-01 00:00:00",
        "订单付款时间": "2023-01-01 00:01:00",
        "商品ID": "520000000037",
        "物流单号": "773000000001",
        "物流公司": "中通快递",
    }
    second = {
        **row,
        "子订单编号": "7002",
        "退款状态": "没有申请退款",
        "退款金额": "",
        "订单状态": "交易成功",
        "买家实付金额": "10",
    }
    found = read(csv_bytes(ITEMS_NEW, [row, second]), "taobao_items")
    first, other = found.of("lines")
    assert (first["line_key"], first["trade_id"], first["item_key"]) == (
        "7001",
        "700",
        "520000000037",
    )
    assert (first["refund_state"], first["refunded_amount"]) == ("success", Decimal(70))
    assert (first["status"], other["status"], other["refund_state"]) == (
        "closed_refunded",
        "finished",
        None,
    )
    assert first["line_amount"] == Decimal("79.8")
    assert first["line_rank"] > 20  # better than the old report's lines
    trade = found.one()
    assert (trade["is_stub"], trade["paid_amount"], trade["refunded_amount"]) == (
        True,
        Decimal(80),
        Decimal(70),
    )
    assert trade["status"] == "finished"
    assert len(found.of("parcels")) == 1


def test_refund_report() -> None:
    row = {
        "订单编号": "700",
        "退款编号": "9001",
        "订单付款时间": "2023-01-01 00:01:00",
        "退款完结时间": "2023-01-05 10:00:00",
        "买家会员名称": "某人",
        "买家实际支付金额": "80",
        "宝贝标题": "花雕",
        "买家退款金额": "70.00",
        "是否需要退货": "是",
        "退款状态": "退款成功",
        "退款的申请时间": "2023-01-03 10:00:00",
        "买家退款原因": "打我电话14012345678",
    }
    waiting = {
        **row,
        "退款编号": "9002",
        "退款完结时间": "",
        "退款状态": "买家已经申请退款，等待卖家同意",
        "是否需要退货": "否",
    }
    found = read(csv_bytes(REFUNDS, [row, waiting]), "taobao_refunds")
    done, open_ = found.of("refunds")
    assert (done["refund_id"], done["trade_id"], done["amount"]) == ("9001", "700", Decimal(70))
    assert (done["state"], done["is_return"]) == ("success", True)
    assert done["finished_at"] == datetime(2023, 1, 5, 2, 0)
    assert "14012345678" not in done["reason"]
    assert (open_["state"], open_["finished_at"], open_["is_return"]) == ("applied", None, False)


def test_item_catalogue_keeps_further_columns_as_attributes() -> None:
    header = "宝贝ID,标题,价格,玩具类型,适用年龄,品牌"
    found = read(
        csv_bytes(header, [["53", "坦克", "8.9", "塑胶", "3岁,4岁", "某牌"]]), "item_catalogue"
    )
    item, by_title = found.of("items")
    lines = read(csv_bytes(ITEMS_OLD, [["1", "坦克", "8.9", "1", *[""] * 6]]), "taobao_items_old")
    assert by_title == {**item, "item_key": lines.one("lines")["item_key"]}
    assert (item["item_key"], item["title"], item["list_price"]) == ("53", "坦克", Decimal("8.9"))
    assert item["attributes"] == '{"玩具类型": "塑胶", "适用年龄": "3岁,4岁"}'
    assert item["brand"] == "某牌"


@pytest.mark.parametrize(
    ("header", "code"),
    [(ITEMS_OLD, "taobao_items_old"), (ITEMS_NEW, "taobao_items"), (REFUNDS, "taobao_refunds")],
)
def test_detection(header: str, code: str) -> None:
    best, *others = detect(header.split(","))
    assert (best.profile.code, best.missing) == (code, [])
    assert all(best.score > other.score + 0.2 for other in others if not other.missing)


def test_suggestions_for_an_unknown_layout() -> None:
    found = suggest(["订单编号", "成交时间戳", "实付金额", "收货人", "订单编号"], "trade")
    assert {entry["field"]: entry["header"] for entry in found} == {
        "trade_id": "订单编号",
        "paid_amount": "实付金额",
        "receiver_name": "收货人",
    }
