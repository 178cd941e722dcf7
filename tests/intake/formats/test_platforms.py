"""JD, PDD, Douyin, Youzan, 1688, Xiaohongshu, till tickets: every quirk of their exports."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest

from huitou.intake.detect import detect
from huitou.intake.readers import open_source
from tests.intake.formats.support import AShop, Found, csv_bytes, read

JD = (
    "订单号,商品ID,商品名称,订购数量,支付方式,下单时间,京东价,订单金额,结算金额,余额支付,应付金额,订单状态,订单类型,下单帐号,客户姓名,"
    "客户地址,联系电话,订单备注,发票类型,发票抬头,发票内容,商家备注,商家备注等级（等级1-5为由高到低）,运费金额,付款确认时间,增值税发票,"
    "货号,订单完成时间,订单来源,订单渠道,"
)
JD_SETTLEMENT = "订单编号,订单状态,商品编号,商品名称,商品数量,应结金额,费用名称,收支方向,售后服务单号"
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
YOUZAN = (
    "订单号,销售渠道,归属店铺,订单类型,订单状态,推广方式,订单来源,订单创建时间,买家付款时间,交易成功时间,付款方式,支付流水号,"
    "商品金额合计,运费,店铺优惠合计,应收订单金额,订单实付金额,支付优惠合计,订单实收金额,订单抵用积分数,店铺优惠方式,支付优惠方式,"
    "全部商品名称,商品种类数,订单配送方式,同城送达时间/提货时间,收货人省份,收货人城市,收货人地区,详细收货地址/提货地址,收货人/提货人,"
    "收货人手机号/提货人手机号,买家备注,订单星级,买家昵称,买家是否会员,买家手机号,下单网点,收银员,分销员,销售导购,专属导购,订单退款状态,"
    "订单已退款金额,商家订单备注,桌号,挂账主体,挂账手机号,团长订单,订单风险标签,分销员,分销员手机号,分销员所属店铺,"
)
YOUZAN_CUSTOMERS = (
    "客户姓名,客户昵称,客户手机号,客户生日,客户性别,标签,是否会员,成长值,免费等级,付费等级,权益卡,客户积分,客户储值余额,消费次数,消费金额,"
    "累计退款金额,累计退款订单数,笔单价,上次消费时间,分销员,导购员,企微好友,来源渠道,来源方式,成为客户时间,成为会员时间,成为会员店铺,"
    "公众号,公众号关注时间,最近浏览时间,微信地域,所属区域,指定时间消费次数,指定时间消费金额,"
)
YOUZAN_BILL = "快递公司,获取时间,电子面单号,订单号,运输状态,计费重量(KG),收件人姓名,收件人联系方式,订单类型"
ALI = "订单号,下单时间,物流公司,实付款,运单号,买家,收货地址,货品标题,规格,数量,退款状态,订单状态"
POS = "小票号,门店编码,门店名称,收银员,导购工号,会员卡号,会员手机号,交易时间,商品编码,条码,品名,数量,单价,折扣,实收,支付方式,退货原单号"


@pytest.mark.parametrize(
    ("header", "code"),
    [
        (JD, "jd_orders"),
        (PDD, "pdd_orders"),
        (PDD_27, "pdd_orders"),
        (DOUYIN, "douyin_orders"),
        (YOUZAN, "youzan_orders"),
        (YOUZAN_CUSTOMERS, "youzan_customers"),
        (YOUZAN_BILL, "youzan_logistics"),
        (ALI, "ali1688_orders"),
        (POS, "pos_tickets"),
    ],
)
def test_detection(header: str, code: str) -> None:
    # As the reader gives it: names cleaned, in the width of the rows.
    (table,) = open_source(_stream(csv_bytes(header, [["1"] * len(header.split(","))])), "x").tables()
    best, *others = detect(table.header, table.sample())
    assert (best.profile.code, best.missing) == (code, [])
    assert best.score > 0.8
    assert all(best.score > other.score + 0.1 for other in others if not other.missing)


def _stream(content: bytes):  # type: ignore[no-untyped-def]
    import io

    return io.BytesIO(content)


def test_the_settlement_report_of_jd_is_not_taken_for_orders() -> None:
    matches = detect(JD_SETTLEMENT.split(","))
    assert not [match for match in matches if match.score >= 0.5 and not match.missing]


# -- JD ---------------------------------------------------------------------------------------------

JD_ROW = {
    "订单号": "290000000001", "商品ID": "1001", "商品名称": "黄酒", "订购数量": "2", "下单时间": "2022-03-01 10:00:00", "京东价": "30.00",
    "订单金额": "100.00", "应付金额": "90.00", "订单状态": "完成", "下单帐号": "jd_abc", "客户姓名": "张*",
    "客户地址": "浙江杭州市西湖区某某路1号", "联系电话": "1******6198", "运费金额": "6", "付款确认时间": "2022-03-01 10:05:00",
    "订单完成时间": "2022-03-06 10:05:00", "货号": "HJ1",
}  # fmt: skip


def jd(*changes: dict[str, str], batch_rows: int = 50_000, header: str = JD) -> Found:
    rows = [{**JD_ROW, **change} for change in changes]
    return read(csv_bytes(header, rows), "jd_orders", shop=AShop(platform="jd"), batch_rows=batch_rows)


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
    assert jd({"订单状态": words, "付款确认时间": paid_at, "订单完成时间": ""}).one()["status"] == status


# -- PDD --------------------------------------------------------------------------------------------

PDD_ROW = {
    "商品": "糯米酒", "订单号": "210605-123456789012345\t", "订单状态": "已签收\t", "商品总价(元)": "40.00", "店铺优惠折扣(元)": "3",
    "平台优惠折扣(元)": "2", "用户实付金额(元)": "35.00", "商家实收金额(元)": "37.00", "商品数量(件)": "2", "商品id": "300100200",
    "商品规格": "500ml", "样式ID": "5550001", "商家备注": "", "售后状态": "无售后或售后取消", "省": "浙江省", "市": "绍兴市", "区": "越城区",
    "订单成交时间": "2021-06-05 09:30:00", "快递单号": "YT1234567890123\t", "快递公司": "圆通快递",
}  # fmt: skip


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
        2, "300100200", "5550001", None,
    )  # fmt: skip
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
    found = pdd({"订单状态": words, "售后状态": after_sale, "支付时间": "" if words == "待付款" else "2021-06-05 09:30:00"})
    trade = found.one()
    assert (trade["status"], trade["refunded_amount"]) == (status, refunded)


def test_pdd_categories_become_a_path() -> None:
    found = pdd({"商品一级类目": "酒类", "商品二级类目": "黄酒", "商品三级类目": "", "商品四级类目": "花雕"})
    assert found.one("lines")["category"] == "酒类 > 黄酒 > 花雕"


# -- Douyin -----------------------------------------------------------------------------------------

DOUYIN_ROW = {
    "主订单编号": "\t6917000000000000001", "子订单编号": "\t6917000000000000001", "选购商品": "\t桂花酒", "商品规格": "一瓶", "商品数量": "1",
    "商品ID": "\t3500000001", "商家编码": "GH1", "商品金额": "50", "订单应付金额": "45", "运费": "0", "平台实际承担优惠金额": "3",
    "商家实际承担优惠金额": "2", "达人实际承担优惠金额": "-", "收件人": "##abCD==##", "收件人手机号": "$$xyZ$$1$$", "省": "四川省", "市": "成都市",
    "区": "武侯区", "详细地址": "##efGH==##", "买家留言": "-", "订单提交时间": "2023-08-01 20:00:00", "支付完成时间": "2023-08-01 20:01:00",
    "订单状态": "已完成", "订单完成时间": "2023-08-10 20:00:00", "售后状态": "-", "取消原因": "-", "发货时间": "2023-08-02 09:00:00",
    "快递信息": "\t773100000000001-中通快递", "流量来源": "直播间",
}  # fmt: skip


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
    second = {"子订单编号": "\t6917000000000000002", "选购商品": "青梅酒", "商品金额": "30", "订单应付金额": "28", "运费": "6", "售后状态": "退款成功"}
    found = douyin({}, second)
    trade = found.one()
    assert (trade["paid_amount"], trade["goods_amount"], trade["postage_amount"]) == (73, 80, 6)
    assert [line["line_key"] for line in found.of("lines")] == [
        "6917000000000000001", "6917000000000000002",
    ]  # fmt: skip
    assert [line["paid_amount"] for line in found.of("lines")] == [45, 28]
    assert [line["refund_state"] for line in found.of("lines")] == [None, "success"]


def test_douyin_one_row_per_main_order_with_joined_parts() -> None:
    row = {
        "子订单编号": "\t11;12", "选购商品": "桂花酒;青梅酒", "商家编码": "GH1;QM1", "商品ID": "1;2", "商品规格": "一瓶;两瓶", "商品数量": "2",
        "商品金额": "80", "订单应付金额": "73",
    }  # fmt: skip
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
    text = csv_bytes(DOUYIN, [DOUYIN_ROW, {**DOUYIN_ROW, "主订单编号": "2", "子订单编号": "2"}]).decode("utf-8-sig")
    lines = text.splitlines()
    lines[2] += ",更多,的,单元格"
    found = read(("\ufeff" + "\n".join(lines) + "\n").encode(), "douyin_orders", shop=AShop(platform="douyin"))
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


# -- Youzan -----------------------------------------------------------------------------------------

YOUZAN_ROW = {
    "订单号": "E20230601000001", "销售渠道": "网店", "归属店铺": "西湖店", "订单状态": "交易完成", "订单创建时间": "2023-06-01 12:00:00",
    "买家付款时间": "2023-06-01 12:01:00", "交易成功时间": "2023-06-09 12:00:00", "商品金额合计": "120", "运费": "8", "店铺优惠合计": "10",
    "支付优惠合计": "3", "订单实付金额": "115", "订单实收金额": "118", "收货人省份": "江苏省", "收货人城市": "苏州市", "收货人地区": "姑苏区",
    "详细收货地址/提货地址": "某某路 5号", "收货人/提货人": "钱小花", "收货人手机号/提货人手机号": "14087654321", "买家昵称": "花花",
    "买家手机号": "14012345678", "销售导购": "G01", "订单退款状态": "部分退款", "订单已退款金额": "15",
}  # fmt: skip


def test_youzan_orders_have_a_trailing_comma_a_double_header_and_the_buyer_s_own_phone() -> None:
    names = YOUZAN.split(",")
    cells = [YOUZAN_ROW.get(name, "") for name in names]
    first, second = (i for i, name in enumerate(names) if name == "分销员")
    cells[first], cells[second] = "甲", "乙"
    found = read(csv_bytes(names, [cells]), "youzan_orders", shop=AShop(platform="youzan"), stores={"西湖店": 3})
    trade = found.one()
    assert trade["buyer_phone"] == "14012345678"
    assert trade["receiver_phone"] == "14087654321"
    assert (trade["paid_amount"], trade["discount_amount"], trade["refunded_amount"]) == (115, 13, 15)
    assert (trade["store"], trade["guide"], trade["buyer_nick"]) == (3, "G01", "花花")
    assert trade["receiver_address"] == "江苏省 苏州市 姑苏区 某某路 5号"
    assert trade["finished_at"] == datetime(2023, 6, 9, 4, 0)
    # A rejected row shows both.
    cells[names.index("订单创建时间")] = "x"
    reject = read(csv_bytes(names, [cells]), "youzan_orders").reject()
    assert (reject.cells[first], reject.cells[second]) == ("甲", "乙")


@pytest.mark.parametrize(
    ("words", "paid_at", "status"),
    [
        ("待付款", "", "unpaid"),
        ("待发货", "2023-06-01 12:01:00", "paid"),
        ("已发货", "2023-06-01 12:01:00", "shipped"),
        ("交易完成", "2023-06-01 12:01:00", "finished"),
        ("交易关闭", "", "closed_unpaid"),
        ("交易关闭", "2023-06-01 12:01:00", "closed_refunded"),
        ("TRADE_SUCCESS", "2023-06-01 12:01:00", "finished"),
    ],
)
def test_youzan_statuses(words: str, paid_at: str, status: str) -> None:
    row = {**YOUZAN_ROW, "订单状态": words, "买家付款时间": paid_at, "交易成功时间": ""}
    row = {key: value for key, value in row.items() if key != "分销员"}
    names = YOUZAN.split(",")
    found = read(csv_bytes(names, [[row.get(name, "") for name in names]]), "youzan_orders")
    assert found.one()["status"] == status


def test_youzan_customers() -> None:
    row = {
        "客户姓名": "钱小花", "客户昵称": "花花", "客户手机号": "14012345678", "客户生日": "1990-05-12", "客户性别": "女", "标签": "老客,电话14099999999",
        "免费等级": "VIP1", "客户积分": "320", "企微好友": "是", "成为客户时间": "2020-01-01 08:00:00", "成为会员时间": "2021-02-03 08:00:00",
    }  # fmt: skip
    masked = {**row, "客户手机号": "186******05", "客户姓名": "", "客户昵称": ""}
    found = read(csv_bytes(YOUZAN_CUSTOMERS, [row, masked]), "youzan_customers")
    person = found.one("profiles")
    assert (person["phone"], person["name"], person["nick"]) == ("14012345678", "钱小花", "花花")
    assert (person["gender"], person["birth_year"], person["birth_month"], person["birth_day"]) == ("f", 1990, 5, 12)
    assert (person["level"], person["has_phone"], person["has_wecom"]) == ("VIP1", True, True)
    assert person["joined_at"] == datetime(2021, 2, 3, 0, 0)
    assert found.reject().code == "person_missing"  # a masked phone names nobody
    attributes = {row["name"]: row["value"] for row in found.of("profile_attributes")}
    assert attributes["客户积分"] == "320"
    assert "14099999999" not in attributes["标签"]
    assert {row["row_no"] for row in found.of("profile_attributes")} == {2}


def test_youzan_logistics_bill() -> None:
    rows = [
        {"快递公司": "中通", "获取时间": "2023-06-01 12:00:00", "电子面单号": "771", "订单号": "E1"},
        {"快递公司": "中通", "获取时间": "2023-06-01 12:00:00", "电子面单号": "7710001", "订单号": "E1", "运输状态": "已签收"},
    ]  # fmt: skip
    found = read(csv_bytes(YOUZAN_BILL, rows), "youzan_logistics")
    parcel = found.one("parcels")
    assert (parcel["waybill"], parcel["trade_id"], parcel["state"]) == ("7710001", "E1", "signed")
    assert found.reject().column == "电子面单号"


# -- 1688, Xiaohongshu, tills -----------------------------------------------------------------------


def test_1688() -> None:
    row = {
        "订单号": "333", "下单时间": "2023-01-01 10:00:00", "物流公司": "韵达", "实付款": "200.5", "运单号": "YD0000001", "买家": "某商行",
        "收货地址": "河北省 石家庄市 长安区 某路", "货品标题": "批发黄酒", "规格": "箱", "数量": "10", "退款状态": "", "订单状态": "交易成功",
    }  # fmt: skip
    second = {**row, "货品标题": "批发米酒", "数量": "2"}
    found = read(csv_bytes(ALI, [row, second]), "ali1688_orders", shop=AShop(platform="ali1688"))
    trade = found.one()
    assert (trade["paid_amount"], trade["units"], trade["buyer_nick"]) == (Decimal("200.5"), 12, "某商行")
    assert (trade["source"], trade["province"]) == ("ali1688", "河北省")
    assert len(found.of("lines")) == 2
    assert len(found.of("parcels")) == 1


def test_xiaohongshu() -> None:
    header = "订单号,订单状态,订单创建时间,支付时间,商品名称,规格名称,SKU件数,商家应收金额(元)(支付金额)"
    rows = [
        ["P1", "已完成", "2023-01-01 10:00:00", "2023-01-01 10:01:00", "黄酒", "500ml", "1", "30"],
        ["P1", "已完成", "2023-01-01 10:00:00", "2023-01-01 10:01:00", "米酒", "1L", "2", "50"],
    ]
    assert detect(header.split(","))[0].profile.code == "xhs_orders"
    found = read(csv_bytes(header, rows), "xhs_orders", shop=AShop(platform="xhs"))
    trade = found.one()
    assert (trade["paid_amount"], trade["units"], trade["status"]) == (80, 3, "finished")
    assert [line["paid_amount"] for line in found.of("lines")] == [30, 50]


def test_till_tickets() -> None:
    ticket = {
        "小票号": "XH/0001", "门店编码": "S1", "导购工号": "G7", "会员卡号": "C001", "会员手机号": "14012345678", "交易时间": "2023-05-01 18:30",
        "商品编码": "A1", "品名": "黄酒", "数量": "2", "单价": "30", "实收": "55",
    }  # fmt: skip
    rows = [
        ticket,
        {**ticket, "商品编码": "A2", "品名": "米酒", "数量": "1", "实收": "20"},
        {**ticket, "小票号": "XH/0002", "数量": "-1", "实收": "-27.5", "退货原单号": "XH/0001"},
        {**ticket, "小票号": "XH/0003", "门店编码": "S9"},
    ]
    shop = AShop(shop=40, code="till", platform="pos")
    found = read(csv_bytes(POS, rows), "pos_tickets", shop=shop, stores={"S1": 41})
    sale, back, other = (found.by_id()[f"XH/000{n}"] for n in (1, 2, 3))
    assert (sale["source"], sale["store"], sale["shop"]) == ("till", 41, 41)
    assert (sale["paid_amount"], sale["units"], sale["guide"], sale["card_no"]) == (75, 3, "G7", "C001")
    assert (sale["status"], sale["buyer_phone"]) == ("finished", "14012345678")
    assert sale["paid_at"] == datetime(2023, 5, 1, 10, 30)
    assert (back["status"], back["paid_amount"], back["refunded_amount"]) == ("closed_refunded", 0, Decimal("27.5"))
    refund = found.one("refunds")
    assert (refund["trade_id"], refund["refund_id"], refund["amount"]) == ("XH/0001", "XH/0002", Decimal("27.5"))
    assert refund["state"] == "success"
    assert (other["store"], other["shop"]) == (None, 40)
    assert found.unknown["store"] == {"S9": 1}
    assert sum(line["qty"] for line in found.of("lines")) == 4
