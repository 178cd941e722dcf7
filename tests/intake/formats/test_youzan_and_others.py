"""Youzan, 1688, Xiaohongshu, till tickets; telling every platform's export by its header."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest
from tests.intake.formats.support import AShop, csv_bytes, read
from tests.intake.formats.test_jd_pdd_douyin import DOUYIN, JD, JD_SETTLEMENT, PDD, PDD_27

from huitou.intake.detect import detect
from huitou.intake.readers import open_source

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
YOUZAN_BILL = (
    "快递公司,获取时间,电子面单号,订单号,运输状态,计费重量(KG),收件人姓名,收件人联系方式,订单类型"
)
ALI = "订单号,下单时间,物流公司,实付款,运单号,买家,收货地址,货品标题,规格,数量,退款状态,订单状态"
POS = (
    "小票号,门店编码,门店名称,收银员,导购工号,会员卡号,会员手机号,交易时间,商品编码,条码,品名,数量,单价,折扣,实收,"
    "支付方式,退货原单号"
)


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
    (table,) = open_source(
        _stream(csv_bytes(header, [["1"] * len(header.split(","))])), "x"
    ).tables()
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


# -- Youzan -----------------------------------------------------------------------------------------

YOUZAN_ROW = {
    "订单号": "E20230601000001",
    "销售渠道": "网店",
    "归属店铺": "西湖店",
    "订单状态": "交易完成",
    "订单创建时间": "2023-06-01 12:00:00",
    "买家付款时间": "2023-06-01 12:01:00",
    "交易成功时间": "2023-06-09 12:00:00",
    "商品金额合计": "120",
    "运费": "8",
    "店铺优惠合计": "10",
    "支付优惠合计": "3",
    "订单实付金额": "115",
    "订单实收金额": "118",
    "收货人省份": "江苏省",
    "收货人城市": "苏州市",
    "收货人地区": "姑苏区",
    "详细收货地址/提货地址": "某某路 5号",
    "收货人/提货人": "钱小花",
    "收货人手机号/提货人手机号": "14087654321",
    "买家昵称": "花花",
    "买家手机号": "14012345678",
    "销售导购": "G01",
    "订单退款状态": "部分退款",
    "订单已退款金额": "15",
}


def test_youzan_orders_have_a_trailing_comma_a_double_header_and_the_buyer_s_own_phone() -> None:
    names = YOUZAN.split(",")
    cells = [YOUZAN_ROW.get(name, "") for name in names]
    first, second = (i for i, name in enumerate(names) if name == "分销员")
    cells[first], cells[second] = "甲", "乙"
    found = read(
        csv_bytes(names, [cells]),
        "youzan_orders",
        shop=AShop(platform="youzan"),
        stores={"西湖店": 3},
    )
    trade = found.one()
    assert trade["buyer_phone"] == "14012345678"
    assert trade["receiver_phone"] == "14087654321"
    assert (trade["paid_amount"], trade["discount_amount"], trade["refunded_amount"]) == (
        115,
        13,
        15,
    )
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
        "客户姓名": "钱小花",
        "客户昵称": "花花",
        "客户手机号": "14012345678",
        "客户生日": "1990-05-12",
        "客户性别": "女",
        "标签": "老客,电话14099999999",
        "免费等级": "VIP1",
        "客户积分": "320",
        "企微好友": "是",
        "成为客户时间": "2020-01-01 08:00:00",
        "成为会员时间": "2021-02-03 08:00:00",
    }
    masked = {**row, "客户手机号": "186******05", "客户姓名": "", "客户昵称": ""}
    found = read(csv_bytes(YOUZAN_CUSTOMERS, [row, masked]), "youzan_customers")
    person = found.one("profiles")
    assert (person["phone"], person["name"], person["nick"]) == ("14012345678", "钱小花", "花花")
    assert (person["gender"], person["birth_year"], person["birth_month"], person["birth_day"]) == (
        "f",
        1990,
        5,
        12,
    )
    assert (person["level"], person["has_phone"], person["has_wecom"]) == ("VIP1", True, True)
    assert person["joined_at"] == datetime(2021, 2, 3, 0, 0)
    assert found.reject().code == "person_missing"  # a masked phone names nobody
    attributes = {row["name"]: row["value"] for row in found.of("profile_attributes")}
    assert attributes["客户积分"] == "320"
    assert "14099999999" not in attributes["标签"]
    assert {row["row_no"] for row in found.of("profile_attributes")} == {2}


def test_youzan_logistics_bill() -> None:
    rows = [
        {
            "快递公司": "中通",
            "获取时间": "2023-06-01 12:00:00",
            "电子面单号": "771",
            "订单号": "E1",
        },
        {
            "快递公司": "中通",
            "获取时间": "2023-06-01 12:00:00",
            "电子面单号": "7710001",
            "订单号": "E1",
            "运输状态": "已签收",
        },
    ]
    found = read(csv_bytes(YOUZAN_BILL, rows), "youzan_logistics")
    parcel = found.one("parcels")
    assert (parcel["waybill"], parcel["trade_id"], parcel["state"]) == ("7710001", "E1", "signed")
    assert found.reject().column == "电子面单号"


# -- 1688, Xiaohongshu, tills -----------------------------------------------------------------------


def test_1688() -> None:
    row = {
        "订单号": "333",
        "下单时间": "2023-01-01 10:00:00",
        "物流公司": "韵达",
        "实付款": "200.5",
        "运单号": "YD0000001",
        "买家": "某商行",
        "收货地址": "河北省 石家庄市 长安区 某路",
        "货品标题": "批发黄酒",
        "规格": "箱",
        "数量": "10",
        "退款状态": "",
        "订单状态": "交易成功",
    }
    second = {**row, "货品标题": "批发米酒", "数量": "2"}
    found = read(csv_bytes(ALI, [row, second]), "ali1688_orders", shop=AShop(platform="ali1688"))
    trade = found.one()
    assert (trade["paid_amount"], trade["units"], trade["buyer_nick"]) == (
        Decimal("200.5"),
        12,
        "某商行",
    )
    assert (trade["source"], trade["province"]) == ("ali1688", "河北省")
    assert len(found.of("lines")) == 2
    assert len(found.of("parcels")) == 1


def test_xiaohongshu() -> None:
    header = (
        "订单号,订单状态,订单创建时间,支付时间,商品名称,规格名称,SKU件数,商家应收金额(元)(支付金额)"
    )
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
        "小票号": "XH/0001",
        "门店编码": "S1",
        "导购工号": "G7",
        "会员卡号": "C001",
        "会员手机号": "14012345678",
        "交易时间": "2023-05-01 18:30",
        "商品编码": "A1",
        "品名": "黄酒",
        "数量": "2",
        "单价": "30",
        "实收": "55",
    }
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
    assert (sale["paid_amount"], sale["units"], sale["guide"], sale["card_no"]) == (
        75,
        3,
        "G7",
        "C001",
    )
    assert (sale["status"], sale["buyer_phone"]) == ("finished", "14012345678")
    assert sale["paid_at"] == datetime(2023, 5, 1, 10, 30)
    assert (back["status"], back["paid_amount"], back["refunded_amount"]) == (
        "closed_refunded",
        0,
        Decimal("27.5"),
    )
    refund = found.one("refunds")
    assert (refund["trade_id"], refund["refund_id"], refund["amount"]) == (
        "XH/0001",
        "XH/0002",
        Decimal("27.5"),
    )
    assert refund["state"] == "success"
    assert (other["store"], other["shop"]) == (None, 40)
    assert found.unknown["store"] == {"S9": 1}
    assert sum(line["qty"] for line in found.of("lines")) == 4
