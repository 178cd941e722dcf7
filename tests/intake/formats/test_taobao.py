"""Taobao and Tmall: the order report's four generations and every quirk of it."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from tests.intake.formats.support import Found, csv_bytes, read
from tests.intake.formats.test_readers import workbook

from huitou.intake.detect import detect
from huitou.intake.readers.headers import clean_header

T_A = (
    "订单编号,买家会员名,买家支付宝账号,买家应付货款,买家应付邮费,买家支付积分,总金额,返点积分,买家实际支付金额,"
    "买家实际支付积分,订单状态,买家留言,收货人姓名,收货地址 ,运送方式,联系电话 ,联系手机,订单创建时间,"
    "订单付款时间 ,宝贝标题 ,宝贝种类 ,物流单号 ,物流公司,订单备注,宝贝总数量,店铺Id,店铺名称,订单关闭原因,"
    "卖家服务费,买家服务费,发票抬头,是否手机订单,分阶段订单信息,特权订金订单id,定金排名,修改后的sku,修改后的收货地址,异常信息,天猫卡券抵扣,"
    "集分宝抵扣,是否是O2O交易"
)
T_B = T_A.replace("特权订金订单id,", "特权订金订单id,是否上传合同照片,是否上传小票,是否代付,") + (
    ",新零售交易类型,新零售导购门店名称,新零售导购门店id,新零售发货门店名称,新零售发货门店id,退款金额,预约门店,"
    "确认收货时间,打款商家金额,含应开票给个人的个人红包"
)
T_C = T_B.replace("买家支付宝账号,", "买家支付宝账号,支付单号,支付详情,") + (
    ",是否信用购,体验期结束时间,前N有礼,配送类型,主订单编号"
)
T_C_BORDER = (
    T_C.replace("支付单号,支付详情", "支付交易号,支付详情") + ",买家姓名,买家身份证号,买家手机号"
)
T_D = (
    "订单编号,支付单号,支付详情,买家应付货款,买家应付邮费,总金额,买家实付金额,订单状态,收货人姓名,收货地址,联系手机,"
    "订单创建时间,订单付款时间,商品标题,退款金额,是否主动赔付,主动赔付金额,主动赔付出账时间,确认收货时间,"
    "确认收货打款金额,直播返现状态,返现金额,延迟发货自动赔付金额,预售订单,发货时间,应发货时间,商家备忘,备注标签,"
    "主订单编号,含应开票给个人红包,C2B小额收款,总金额(旧版)"
)
GENERATIONS = {"T-A": T_A, "T-B": T_B, "T-C": T_C, "T-C border": T_C_BORDER, "T-D": T_D}
ORDER = {
    "订单编号": "2231958349012345678",
    "买家会员名": "小鹿爱喝茶",
    "买家应付货款": "58.51",
    "买家应付邮费": "5",
    "总金额": "63.51",
    "买家实际支付金额": "63.51",
    "订单状态": "交易成功",
    "收货人姓名": "陆小鹿",
    "收货地址 ": "广东省 广州市 越秀区 北京街道 中山五路 68号",
    "联系手机": "'14012345678",
    "订单创建时间": "2019-05-30 23:18:07",
    "订单付款时间 ": "2019-05-30 23:19:00",
    "宝贝标题 ": "第一件，第二件",
    "宝贝种类 ": "2",
    "宝贝总数量": "3",
}


def orders(*changes: dict[str, str], header: str = T_B) -> Found:
    rows = [{**ORDER, **change} for change in changes or ({},)]
    return read(csv_bytes(header, rows), "taobao_orders")


def order(**changes: str) -> dict[str, Any]:
    return orders(changes).one()


@pytest.mark.parametrize("generation", GENERATIONS)
def test_every_generation_is_told_by_its_header_and_read_by_name(generation: str) -> None:
    header = GENERATIONS[generation].split(",")
    best = detect([clean_header(name) for name in header])[0]
    assert (best.profile.code, best.missing) == ("taobao_orders", [])
    assert best.score > 0.9
    names = {clean_header(name): name for name in header}
    wanted = {
        "订单编号": "1",
        "订单状态": "交易成功",
        "订单创建时间": "2022-01-02 03:04:05",
        "订单付款时间": "2022-01-02 03:05:00",
        "买家实际支付金额": "9.90",
        "买家实付金额": "9.90",
        "总金额": "10",
    }
    row = {names[key]: value for key, value in wanted.items() if key in names}
    # The order of columns means nothing.
    trade = read(csv_bytes(sorted(header), [row]), "taobao_orders").one()
    assert trade["paid_amount"] == Decimal("9.9")
    assert trade["created_at"] == datetime(2022, 1, 1, 19, 4, 5)
    assert (trade["status"], trade["source"], trade["shop"]) == ("finished", "taobao", 7)


def test_t_d_as_a_workbook_with_dates_and_text_ids() -> None:
    header = T_D.split(",")
    row: dict[str, object] = {
        "订单编号": "4231958349012345678",
        "买家应付货款": 88.0,
        "总金额": 88,
        "买家实付金额": 80.5,
        "订单状态": "卖家已发货，等待买家确认",
        "收货地址": "王小明，86-14012345678，浙江省 杭州市 西湖区 文新街道 某某路1号",
        "订单创建时间": datetime(2023, 6, 1, 8, 0),
        "订单付款时间": datetime(2023, 6, 1, 8, 1, 30),
        "发货时间": datetime(2023, 6, 2, 10, 0),
    }
    found = read(
        workbook({"订单": [header, [row.get(name, "") for name in header]]}),
        "taobao_orders",
        name="a.xlsx",
    )
    trade = found.one()
    assert trade["trade_id"] == "4231958349012345678"
    assert trade["paid_at"] == datetime(2023, 6, 1, 0, 1, 30)
    assert trade["shipped_at"] == datetime(2023, 6, 2, 2, 0)
    assert (trade["paid_amount"], trade["status"]) == (Decimal("80.5"), "shipped")
    assert (trade["receiver_name"], trade["receiver_phone"]) == ("王小明", "86-14012345678")
    assert (trade["province"], trade["city"], trade["district"]) == ("浙江省", "杭州市", "西湖区")
    assert "王小明" not in trade["receiver_address"]


def test_the_whole_row() -> None:
    trade = order()
    assert trade["row_no"] == 2
    assert trade["goods_amount"] == Decimal("58.51")
    assert trade["postage_amount"] == Decimal(5)
    assert trade["paid_amount"] == Decimal("63.51")
    assert trade["units"] == 3
    assert trade["created_at"] == datetime(2019, 5, 30, 15, 18, 7)
    assert trade["buyer_nick"] == "小鹿爱喝茶"
    assert trade["receiver_address"] == "广东省 广州市 越秀区 北京街道 中山五路 68号"
    assert trade["version_at"] == trade["paid_at"]
    assert trade["is_stub"] is False


def test_the_order_report_gives_no_lines_because_quantities_are_totals_only() -> None:
    assert "lines" not in orders().tables


@pytest.mark.parametrize(
    "guarded", ['="2231958349"', "2231958349 ", "\t2231958349", "'2231958349", "2231958349.0"]
)
def test_excel_guards_around_ids(guarded: str) -> None:
    assert order(订单编号=guarded)["trade_id"] == "2231958349"


@pytest.mark.parametrize("text", ["2.23196E+18", "2.2319583490123E+18", "2e+18"])
def test_ids_in_scientific_notation_are_refused(text: str) -> None:
    found = orders({}, {"订单编号": text})
    assert len(found.of("trades")) == 1
    reject = found.reject()
    assert (reject.row_no, reject.code, reject.column) == (3, "id_scientific", "订单编号")
    assert text in reject.cells
    assert "原文件" in reject.reason.zh
    assert "original" in reject.reason.en


def test_a_nineteen_digit_id_in_a_number_cell_is_refused() -> None:
    header = ["订单编号", "订单创建时间", "订单付款时间", "买家实际支付金额", "收货人姓名"]
    rows: list[list[object]] = [[*header], [2231958349012345678, "2019-05-30 23:18:07", "", 1, ""]]
    found = read(workbook({"a": rows}), "taobao_orders", name="a.xlsx")
    assert found.reject().code == "id_scientific"
    assert found.of("trades") == []


def test_leading_apostrophe_of_phones_is_taken_off() -> None:
    assert order()["receiver_phone"] == "14012345678"


def test_amounts_with_unit_signs_and_separators() -> None:
    trade = order(买家实际支付金额="1,234.50元", 买家应付邮费="￥5", 退款金额="0.30000000000000004")
    assert trade["paid_amount"] == Decimal("1234.5")
    assert trade["postage_amount"] == Decimal(5)
    assert trade["refunded_amount"] == Decimal("0.3")


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2019-05-30 23:18:07", datetime(2019, 5, 30, 15, 18, 7)),
        ("2019/5/30 23:18", datetime(2019, 5, 30, 15, 18)),
        ("2019/05/30 23:18:07", datetime(2019, 5, 30, 15, 18, 7)),
        ("2019-05-30 23:18:07.000", datetime(2019, 5, 30, 15, 18, 7)),
        ("2019年5月30日 23:18", datetime(2019, 5, 30, 15, 18)),
        ("2019-05-30", datetime(2019, 5, 29, 16, 0)),
        ("43615.9709375", datetime(2019, 5, 30, 15, 18, 9)),
    ],
)
def test_date_forms(text: str, instant: datetime) -> None:
    assert order(订单创建时间=text)["created_at"] == instant


@pytest.mark.parametrize("nothing", ["", "null", "NULL", "--", "-", " ", "\t"])
def test_words_for_nothing(nothing: str) -> None:
    trade = order(
        **{
            "订单付款时间 ": nothing,
            "买家会员名": nothing,
            "退款金额": nothing,
            "订单状态": "等待买家付款",
        }
    )
    assert trade["paid_at"] is None
    assert trade["buyer_nick"] is None
    assert trade["refunded_amount"] == 0


@pytest.mark.parametrize(
    ("address", "region"),
    [
        ("广东省 广州市 越秀区(510620)", ("广东省", "广州市", "越秀区")),
        ("上海 上海市 浦东新区 世纪大道 1号", ("上海市", "上海市", "浦东新区")),
        ("重庆 重庆市 酉阳土家族苗族自治县", ("重庆市", "重庆市", "酉阳土家族苗族自治县")),
        ("上海", ("上海市", "上海市", None)),
        ("广西壮族自治区 南宁市 青秀区", ("广西壮族自治区", "南宁市", "青秀区")),
        ("新疆 乌鲁木齐市 天山区 某路", ("新疆维吾尔自治区", "乌鲁木齐市", "天山区")),
        ("湖北省 恩施土家族苗族自治州 恩施市", ("湖北省", "恩施土家族苗族自治州", "恩施市")),
        ("浙江省台州市路桥区某某街道8号", ("浙江省", "台州市", "路桥区")),
        ("江苏省 南京市 鼓楼区 汉口路", ("江苏省", "南京市", "鼓楼区")),
        ("李四，86-14012345678，北京 北京市 朝阳区 建国路 1号", ("北京市", "北京市", "朝阳区")),
        ("广东省 王五收 14012345678", ("广东省", None, None)),
        ("某某路1号", (None, None, None)),
    ],
)
def test_addresses_are_taken_apart(address: str, region: tuple[str | None, ...]) -> None:
    trade = order(**{"收货地址 ": address})
    assert (trade["province"], trade["city"], trade["district"]) == region


def test_a_post_code_is_no_part_of_the_address() -> None:
    assert (
        order(**{"收货地址 ": "广东省 广州市 越秀区 某路1号(510620)"})["receiver_address"]
        == "广东省 广州市 越秀区 某路1号"
    )


def test_a_changed_address_counts_before_the_first() -> None:
    trade = order(修改后的收货地址="河南省 新乡市 封丘县 某村")
    assert (trade["province"], trade["district"]) == ("河南省", "封丘县")
    assert trade["receiver_address"] == "河南省 新乡市 封丘县 某村"


@pytest.mark.parametrize(
    ("words", "reason", "paid_at", "status"),
    [
        ("等待买家付款", "", "", "unpaid"),
        ("买家已付款，等待卖家发货", "", "2019-05-30 23:19:00", "paid"),
        ("等待卖家发货", "", "2019-05-30 23:19:00", "paid"),
        ("卖家部分发货", "", "2019-05-30 23:19:00", "part_shipped"),
        ("卖家已发货，等待买家确认", "", "2019-05-30 23:19:00", "shipped"),
        ("卖家已发货,等待买家确认", "", "2019-05-30 23:19:00", "shipped"),
        ("等待买家确认收货", "", "2019-05-30 23:19:00", "shipped"),
        ("买家已签收", "", "2019-05-30 23:19:00", "signed"),
        ("交易成功", "", "2019-05-30 23:19:00", "finished"),
        ("交易关闭", "买家未付款", "", "closed_unpaid"),
        ("交易关闭", "买家未及时付款", "", "closed_unpaid"),
        ("交易关闭", "退款", "2019-05-30 23:19:00", "closed_refunded"),
        ("交易关闭", "不想买了", "", "closed_unpaid"),
        ("交易被淘宝关闭", "", "", "closed_unpaid"),
        ("没有创建外部交易", "", "", "unpaid"),
        ("未创建支付宝交易", "", "", "unpaid"),
        ("付款以后用户退款成功，交易自动关闭", "", "2019-05-30 23:19:00", "closed_refunded"),
        ("TRADE_CLOSED_BY_TAOBAO", "", "", "closed_unpaid"),
        ("PAID_FORBID_CONSIGN", "", "2019-05-30 23:19:00", "paid"),
    ],
)
def test_statuses(words: str, reason: str, paid_at: str, status: str) -> None:
    trade = order(**{"订单状态": words, "订单关闭原因": reason, "订单付款时间 ": paid_at})
    assert trade["status"] == status
    assert trade["close_reason"] == (reason or None)


def test_a_reason_of_closing_is_kept_for_closed_trades_only() -> None:
    assert order(订单关闭原因="订单未关闭")["close_reason"] is None


def test_closed_after_payment_without_a_refund_column_means_all_was_given_back() -> None:
    row = {**ORDER, "订单状态": "交易关闭", "订单关闭原因": "退货退款"}
    trade = read(csv_bytes(T_A, [row]), "taobao_orders").one()
    assert (trade["status"], trade["refunded_amount"]) == ("closed_refunded", Decimal("63.51"))


@pytest.mark.parametrize(
    ("paid_at", "paid", "refunded", "status"),
    [
        ("", "0", "0", "unpaid"),
        ("2020-02-21 00:00:02", "21", "0", "paid"),
        ("2020-02-21 00:00:02", "0", "21", "closed_refunded"),
        ("2020-02-21 00:00:02", "15", "6", "paid"),
    ],
)
def test_a_report_without_status_column(
    paid_at: str, paid: str, refunded: str, status: str
) -> None:
    header = "订单编号,总金额,买家实际支付金额,收货地址 ,订单创建时间,订单付款时间 ,退款金额"
    row = ["9", "21", paid, "上海", "2020-02-21 00:00:00", paid_at, refunded]
    trade = read(csv_bytes(header, [row]), "taobao_orders").one()
    assert (trade["status"], trade["goods_amount"]) == (status, Decimal(21))


def test_unknown_status_words_are_counted_and_the_times_decide() -> None:
    found = orders({"订单状态": "星际穿越"}, {"订单状态": "星际穿越", "订单编号": "2"})
    assert found.unknown["status"] == {"星际穿越": 2}
    assert {row["status"] for row in found.of("trades")} == {"paid"}


def test_version_rank_grows_with_progress() -> None:
    ranks = [
        order(订单状态=words)["version_rank"]
        for words in ("买家已付款，等待卖家发货", "卖家已发货，等待买家确认", "交易成功")
    ]
    assert ranks == sorted(ranks)
    assert len({rank // 16 for rank in ranks}) == 3


@pytest.mark.parametrize(
    ("info", "words", "step", "status"),
    [
        ("阶段1：已付款，阶段2：未付款", "等待买家付款", "final_unpaid", "deposit_paid"),
        ("阶段1：未付款，阶段2：未付款", "等待买家付款", "deposit_unpaid", "unpaid"),
        ("阶段1：已付款，阶段2：已付款", "买家已付款，等待卖家发货", "final_paid", "paid"),
        ("FRONT_PAID_FINAL_NOPAID", "等待买家付款", "final_unpaid", "deposit_paid"),
        ("FRONT_PAID_FRONT_FORFEITED", "交易关闭", "deposit_forfeited", "closed_unpaid"),
    ],
)
def test_presale_steps(info: str, words: str, step: str, status: str) -> None:
    trade = order(
        **{
            "分阶段订单信息": info,
            "订单状态": words,
            "订单付款时间 ": "2019-05-31 00:00:00" if status == "paid" else "",
        }
    )
    assert (trade["presale_step"], trade["status"]) == (step, status)


def test_waybill_with_its_prefix() -> None:
    found = orders({"物流单号 ": "No:1503047857300", "物流公司": "申通快递"})
    parcel = found.one("parcels")
    assert (parcel["waybill"], parcel["carrier"]) == ("1503047857300", "申通快递")
    assert orders({"物流单号 ": ""}).of("parcels") == []


def test_the_alipay_account_is_its_own_column_not_a_phone_or_mail_of_the_buyer() -> None:
    trade = order(买家支付宝账号="14012345678")
    assert trade["buyer_alipay"] == "14012345678"
    assert trade["buyer_phone"] is None
    assert order(买家支付宝账号="a@example.com")["buyer_email"] is None


def test_store_of_new_retail_by_name_and_unknown_ones_noted() -> None:
    row = {**ORDER, "新零售导购门店名称": "西湖店"}
    found = read(csv_bytes(T_B, [row]), "taobao_orders", stores={"西湖店": 12})
    assert found.one()["store"] == 12
    found = read(csv_bytes(T_B, [row]), "taobao_orders", stores={})
    assert found.one()["store"] is None
    assert found.unknown["store"] == {"西湖店": 1}


@pytest.mark.parametrize(
    ("change", "code", "column"),
    [
        ({"订单创建时间": "2019-02-30 10:00:00"}, "date_invalid", "订单创建时间"),
        ({"订单创建时间": "2019-13-01 10:00:00"}, "date_invalid", "订单创建时间"),
        ({"订单付款时间 ": "2019-05-30 25:00:00"}, "date_invalid", "订单付款时间"),
        ({"订单创建时间": "昨天"}, "date_invalid", "订单创建时间"),
        ({"订单创建时间": "0219-05-30 10:00:00"}, "date_out_of_range", "订单创建时间"),
        ({"订单创建时间": "05/30/2019"}, "date_ambiguous", "订单创建时间"),
        ({"买家实际支付金额": "六十三"}, "number_invalid", "买家实际支付金额"),
        ({"买家实际支付金额": "-5"}, "amount_negative", "买家实际支付金额"),
        ({"宝贝总数量": "-1"}, "qty_negative", "宝贝总数量"),
        ({"买家应付货款": "99999999999999999999"}, "number_invalid", "买家应付货款"),
        ({"订单编号": ""}, "missing", "订单编号"),
        ({"订单编号": "合计：3 单"}, "id_invalid", "订单编号"),
        ({"买家会员名": "a\0b"}, "nul_byte", "买家会员名"),
    ],
)
def test_bad_cells_refuse_their_row_and_say_where(
    change: dict[str, str], code: str, column: str
) -> None:
    found = orders({"订单编号": "1"}, change, {"订单编号": "3"})
    reject = found.reject()
    assert (reject.row_no, reject.code, reject.column) == (3, code, column)
    assert [row["trade_id"] for row in found.of("trades")] == ["1", "3"]
    assert column in reject.reason.zh
    assert column in reject.reason.en
    assert len(reject.cells) == len(T_B.split(","))
    assert found.rows == 3


def test_one_row_with_several_faults_is_one_reject() -> None:
    assert orders({"订单编号": "1E+18", "买家实际支付金额": "x"}).reject().code == "id_scientific"
