"""JD, PDD and Douyin: every quirk of their exports."""

from __future__ import annotations

from datetime import datetime

import pytest
from tests.intake.formats.support import AShop, Found, csv_bytes, read

JD = (
    "订单号,商品ID,商品名称,订购数量,支付方式,下单时间,京东价,订单金额,结算金额,余额支付,应付金额,订单状态,订单类型,下单帐号,客户姓名,"
    "客户地址,联系电话,订单备注,发票类型,发票抬头,发票内容,商家备注,商家备注等级（等级1-5为由高到低）,运费金额,付款确认时间,增值税发票,"
    "货号,订单完成时间,订单来源,订单渠道,"
)
JD_SETTLEMENT = (
    "订单编号,订单状态,商品编号,商品名称,商品数量,应结金额,费用名称,收支方向,售后服务单号"
)
PDD = (
    "商品,订单号,订单状态,商品总价(元),邮费(元),店铺优惠折扣(元),平台优惠折扣(元),多多支付立减金额(元),上门安装费(元),送货入户费(元),"
    "送货入户并安装费(元),用户实付金额(元),商家实收金额(元),商品数量(件),是否审核中,支付时间,承诺发货时间,承诺送达时间,发货时间,"
    "确认收货时间,商品id,商品规格,样式ID,商品一级类目,商品二级类目,商品三级类目,商品四级类目,商家编码-规格维度,商家编码-商品维度,"
    "商家备注,买家留言,售后状态,消费者资料,订单成交时间,消费者资料上传时间,赠品名称,赠品id,赠品规格,赠品数量,团ID,团身份,快递单号,"
    "快递公司,省,市,区,街道/镇,配送员手机号,是否门店自提,门店名称,门店自定义编码,订单来源"
)
PDD_27 = (
    "商品,订单号,订单状态,商品总价(元),店铺优惠折扣(元),平台优惠折扣(元),用户实付金额(元),商家实收金额(元),商品数量(件),承诺发货时间,"
    "发货时间,确认收货时间,商品id,商品规格,样式ID,商家编码-SKU维度,商家编码-商品维度,商家备注,售后状态,快递单号,快递公司,省,市,区,"
    "订单成交时间,是否顺丰加价,买家留言"
)
DOUYIN = (
    "主订单编号,子订单编号,选购商品,商品规格,商品数量,商品ID,商家编码,商品金额,订单应付金额,运费,优惠总金额,平台实际承担优惠金额,"
    "商家实际承担优惠金额,达人实际承担优惠金额,收件人,收件人手机号,省,市,区,详细地址,买家留言,订单提交时间,支付完成时间,支付方式,"
    "商家备注,订单完成时间,APP渠道,流量来源,订单状态,承诺发货时间,达人ID,达人昵称,所属门店ID,售后状态,取消原因,发货时间,快递信息"
)

# -- JD ---------------------------------------------------------------------------------------------

JD_ROW = {
    "订单号": "290000000001",
    "商品ID": "1001",
    "商品名称": "黄酒",
    "订购数量": "2",
    "下单时间": "2022-03-01 10:00:00",
    "京东价": "30.00",
    "订单金额": "100.00",
    "应付金额": "90.00",
    "订单状态": "完成",
    "下单帐号": "jd_abc",
    "客户姓名": "张*",
    "客户地址": "浙江杭州市西湖区某某路1号",
    "联系电话": "1******6198",
    "运费金额": "6",
    "付款确认时间": "2022-03-01 10:05:00",
    "订单完成时间": "2022-03-06 10:05:00",
    "货号": "HJ1",
}


def jd(*changes: dict[str, str], batch_rows: int = 50_000, header: str = JD) -> Found:
    rows = [{**JD_ROW, **change} for change in changes]
    return read(
        csv_bytes(header, rows), "jd_orders", shop=AShop(platform="jd"), batch_rows=batch_rows
    )


def test_jd_repeats_the_order_amount_on_every_row() -> None:
    found = jd({}, {"商品ID": "1002", "商品名称": "米酒", "京东价": "40.00", "订购数量": "1"})
    trade = found.one()
    assert (trade["goods_amount"], trade["paid_amount"], trade["postage_amount"]) == (100, 90, 6)
    assert trade["units"] == 3
    assert (trade["source"], trade["status"]) == ("jd", "finished")
    assert [line["line_amount"] for line in found.of("lines")] == [60, 40]
    assert trade["buyer_nick"] == "jd_abc"
    assert trade["receiver_phone"] == "1******6198"
    assert (trade["province"], trade["city"], trade["district"]) == ("浙江省", "杭州市", "西湖区")


def test_jd_rows_of_one_order_need_not_be_adjacent() -> None:
    others = [{"订单号": str(n)} for n in range(300000, 300040)]
    found = jd({}, *others, {"商品ID": "1002", "京东价": "40.00"}, batch_rows=7)
    trade = found.by_id()["290000000001"]
    assert (trade["units"], trade["paid_amount"], trade["row_no"]) == (4, 90, 2)
    assert len(found.of("trades")) == 41
    assert len(found.of("lines")) == 42


def test_jd_other_spelling_of_the_account_and_later_columns() -> None:
    header = JD.replace("下单帐号", "下单账号") + "送装服务,服务费,仓库id,仓库名称"
    row = {key.replace("下单帐号", "下单账号"): value for key, value in JD_ROW.items()}
    found = read(csv_bytes(header, [row]), "jd_orders", shop=AShop(platform="jd"))
    assert found.one()["buyer_nick"] == "jd_abc"


@pytest.mark.parametrize(
    ("words", "paid_at", "status"),
    [
        ("等待付款", "", "unpaid"),
        ("等待出库", "2022-03-01 10:05:00", "paid"),
        ("等待确认收货", "2022-03-01 10:05:00", "shipped"),
        ("完成", "2022-03-01 10:05:00", "finished"),
        ("(删除)等待出库", "2022-03-01 10:05:00", "closed_refunded"),
        ("已取消", "", "closed_unpaid"),
        ("锁定", "2022-03-01 10:05:00", "paid"),
    ],
)
def test_jd_statuses(words: str, paid_at: str, status: str) -> None:
    assert (
        jd({"订单状态": words, "付款确认时间": paid_at, "订单完成时间": ""}).one()["status"]
        == status
    )


# -- PDD --------------------------------------------------------------------------------------------

PDD_ROW = {
    "商品": "糯米酒",
    "订单号": "210605-123456789012345\t",
    "订单状态": "已签收\t",
    "商品总价(元)": "40.00",
    "店铺优惠折扣(元)": "3",
    "平台优惠折扣(元)": "2",
    "用户实付金额(元)": "35.00",
    "商家实收金额(元)": "37.00",
    "商品数量(件)": "2",
    "商品id": "300100200",
    "商品规格": "500ml",
    "样式ID": "5550001",
    "商家备注": "",
    "售后状态": "无售后或售后取消",
    "省": "浙江省",
    "市": "绍兴市",
    "区": "越城区",
    "订单成交时间": "2021-06-05 09:30:00",
    "快递单号": "YT1234567890123\t",
    "快递公司": "圆通快递",
}


def pdd(*changes: dict[str, str], header: str = PDD) -> Found:
    rows = [{**PDD_ROW, **change} for change in changes or ({},)]
    return read(csv_bytes(header, rows, "utf-8"), "pdd_orders", shop=AShop(platform="pdd"))


@pytest.mark.parametrize("header", [PDD, PDD_27])
def test_pdd_full_and_short_with_trailing_tabs(header: str) -> None:
    found = pdd(header=header)
    trade, line, parcel = found.one(), found.one("lines"), found.one("parcels")
    assert trade["trade_id"] == "210605-123456789012345"
    assert trade["created_at"] == datetime(2021, 6, 5, 1, 30)
    assert trade["discount_amount"] == 5
    assert (trade["goods_amount"], trade["paid_amount"]) == (40, 35)
    assert (line["qty"], line["item_key"], line["sku_code"], line["refund_state"]) == (
        2,
        "300100200",
        "5550001",
        None,
    )
    assert (line["line_amount"], line["paid_amount"]) == (40, 35)
    assert parcel["waybill"] == "YT1234567890123"
    assert trade["buyer_nick"] is trade["open_id"] is trade["buyer_phone"] is None


def test_pdd_day_comes_from_the_order_number_where_the_time_is_missing() -> None:
    trade = pdd({"订单成交时间": ""}).one()
    assert trade["created_at"] == datetime(2021, 6, 4, 16, 0)  # midnight in China
    assert trade["paid_at"] == trade["created_at"]


def test_pdd_masked_region_is_no_region() -> None:
    trade = pdd({"省": "****", "市": "****", "区": "****"}).one()
    assert (trade["province"], trade["city"], trade["district"]) == (None, None, None)


@pytest.mark.parametrize(
    ("words", "after_sale", "status", "refunded"),
    [
        ("待付款", "无售后或售后取消", "unpaid", 0),
        ("待发货", "无售后或售后取消", "paid", 0),
        ("已发货，待签收", "无售后或售后取消", "shipped", 0),
        ("已签收", "无售后或售后取消", "signed", 0),
        ("已收货", "无售后或售后取消", "finished", 0),
        ("未发货，退款成功", "退款成功", "closed_refunded", 35),
        ("已发货，退款成功", "退款成功", "closed_refunded", 35),
        ("已取消，退款成功", "退款成功", "closed_refunded", 35),
        ("已取消", "无售后或售后取消", "closed_refunded", 35),
    ],
)
def test_pdd_statuses(words: str, after_sale: str, status: str, refunded: int) -> None:
    found = pdd(
        {
            "订单状态": words,
            "售后状态": after_sale,
            "支付时间": "" if words == "待付款" else "2021-06-05 09:30:00",
        }
    )
    trade = found.one()
    assert (trade["status"], trade["refunded_amount"]) == (status, refunded)


def test_pdd_categories_become_a_path() -> None:
    found = pdd(
        {"商品一级类目": "酒类", "商品二级类目": "黄酒", "商品三级类目": "", "商品四级类目": "花雕"}
    )
    assert found.one("lines")["category"] == "酒类 > 黄酒 > 花雕"


# -- Douyin -----------------------------------------------------------------------------------------

DOUYIN_ROW = {
    "主订单编号": "\t6917000000000000001",
    "子订单编号": "\t6917000000000000001",
    "选购商品": "\t桂花酒",
    "商品规格": "一瓶",
    "商品数量": "1",
    "商品ID": "\t3500000001",
    "商家编码": "GH1",
    "商品金额": "50",
    "订单应付金额": "45",
    "运费": "0",
    "平台实际承担优惠金额": "3",
    "商家实际承担优惠金额": "2",
    "达人实际承担优惠金额": "-",
    "收件人": "##abCD==##",
    "收件人手机号": "$$xyZ$$1$$",
    "省": "四川省",
    "市": "成都市",
    "区": "武侯区",
    "详细地址": "##efGH==##",
    "买家留言": "-",
    "订单提交时间": "2023-08-01 20:00:00",
    "支付完成时间": "2023-08-01 20:01:00",
    "订单状态": "已完成",
    "订单完成时间": "2023-08-10 20:00:00",
    "售后状态": "-",
    "取消原因": "-",
    "发货时间": "2023-08-02 09:00:00",
    "快递信息": "\t773100000000001-中通快递",
    "流量来源": "直播间",
}


def douyin(*changes: dict[str, str], batch_rows: int = 50_000) -> Found:
    rows = [{**DOUYIN_ROW, **change} for change in changes or ({},)]
    content = csv_bytes(DOUYIN, rows)
    return read(content, "douyin_orders", shop=AShop(platform="douyin"), batch_rows=batch_rows)


def test_douyin_leading_tabs_dashes_and_joined_parcel() -> None:
    found = douyin()
    trade, line, parcel = found.one(), found.one("lines"), found.one("parcels")
    assert trade["trade_id"] == "6917000000000000001"
    assert line["title"] == "桂花酒"
    assert (trade["buyer_message"], trade["close_reason"]) == (None, None)
    assert trade["discount_amount"] == 5
    assert (parcel["waybill"], parcel["carrier"]) == ("773100000000001", "中通快递")
    assert parcel["shipped_at"] == datetime(2023, 8, 2, 1, 0)
    assert trade["channel"] == "直播间"


def test_douyin_one_row_per_sub_order_adds_up() -> None:
    second = {
        "子订单编号": "\t6917000000000000002",
        "选购商品": "青梅酒",
        "商品金额": "30",
        "订单应付金额": "28",
        "运费": "6",
        "售后状态": "退款成功",
    }
    found = douyin({}, second)
    trade = found.one()
    assert (trade["paid_amount"], trade["goods_amount"], trade["postage_amount"]) == (73, 80, 6)
    assert [line["line_key"] for line in found.of("lines")] == [
        "6917000000000000001",
        "6917000000000000002",
    ]
    assert [line["paid_amount"] for line in found.of("lines")] == [45, 28]
    assert [line["refund_state"] for line in found.of("lines")] == [None, "success"]


def test_douyin_one_row_per_main_order_with_joined_parts() -> None:
    row = {
        "子订单编号": "\t11;12",
        "选购商品": "桂花酒;青梅酒",
        "商家编码": "GH1;QM1",
        "商品ID": "1;2",
        "商品规格": "一瓶;两瓶",
        "商品数量": "2",
        "商品金额": "80",
        "订单应付金额": "73",
    }
    found = douyin(row, {"主订单编号": "2", "子订单编号": "21"})
    lines = {line["line_key"]: line for line in found.of("lines")}
    assert set(lines) == {"11", "12", "21"}
    assert [lines[key]["title"] for key in ("11", "12")] == ["桂花酒", "青梅酒"]
    assert [lines[key]["qty"] for key in ("11", "12")] == [1, 1]  # two units, two goods: plain
    assert lines["11"]["paid_amount"] is None  # whose share is whose is not known
    trade = found.by_id()["6917000000000000001"]
    assert (trade["paid_amount"], trade["goods_amount"]) == (73, 80)
    assert found.by_id()["2"]["paid_amount"] == 45


def test_douyin_quantity_is_not_given_out_where_it_is_ambiguous() -> None:
    found = douyin({"子订单编号": "11;12", "选购商品": "桂花酒;青梅酒", "商品数量": "5"})
    assert [line["qty"] for line in found.of("lines")] == [None, None]
    found = douyin({"子订单编号": "11;12", "选购商品": "桂花酒;青梅酒", "商品数量": "4;1"})
    assert [line["qty"] for line in found.of("lines")] == [4, 1]


def test_douyin_rows_with_more_cells_than_the_header() -> None:
    text = csv_bytes(
        DOUYIN, [DOUYIN_ROW, {**DOUYIN_ROW, "主订单编号": "2", "子订单编号": "2"}]
    ).decode("utf-8-sig")
    lines = text.splitlines()
    lines[2] += ",更多,的,单元格"
    found = read(
        ("\ufeff" + "\n".join(lines) + "\n").encode(),
        "douyin_orders",
        shop=AShop(platform="douyin"),
    )
    assert set(found.by_id()) == {"6917000000000000001", "2"}
    assert found.rejects == []


@pytest.mark.parametrize(
    ("words", "paid_at", "status"),
    [
        ("待支付", "-", "unpaid"),
        ("备货中", "2023-08-01 20:01:00", "paid"),
        ("部分发货", "2023-08-01 20:01:00", "part_shipped"),
        ("已发货", "2023-08-01 20:01:00", "shipped"),
        ("已完成", "2023-08-01 20:01:00", "finished"),
        ("已关闭", "-", "closed_unpaid"),
        ("已关闭", "2023-08-01 20:01:00", "closed_refunded"),
        ("已取消", "-", "closed_unpaid"),
    ],
)
def test_douyin_statuses(words: str, paid_at: str, status: str) -> None:
    found = douyin({"订单状态": words, "支付完成时间": paid_at, "订单完成时间": "-"})
    assert found.one()["status"] == status
    assert found.one("lines")["status"] == status
