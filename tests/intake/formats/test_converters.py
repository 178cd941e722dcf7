"""From text to typed columns: cleaning, numbers, instants, masking, regions, words for states."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from huitou.intake import canonical, regions, statuses
from huitou.intake.converters import CONVERTERS, Setting, clean
from huitou.intake.fields import TARGETS
from huitou.intake.logistics import WORDS, parcel_state
from huitou.intake.personal import masked
from huitou.intake.profiles import PROFILES
from huitou.intake.reasons import REASONS, reason
from huitou.intake.records import birthday, image_count, stars_of
from huitou.intake.statuses import presale_step, refund_state, trade_status
from huitou.intake.times import instants
from huitou.warehouse.schema import PARCEL_STATES, REFUND_STATES, STATUSES

SETTING = Setting(zone="Asia/Shanghai")


def convert(kind: str, *texts: str | None, setting: Setting = SETTING) -> list[object]:
    found: list[object] = CONVERTERS[kind](
        clean(pa.array(texts, pa.string())), setting
    ).values.to_pylist()
    return found


def faults(kind: str, *texts: str, setting: Setting = SETTING) -> list[str | None]:
    found: list[str | None] = [None] * len(texts)
    for code, rows in CONVERTERS[kind](clean(pa.array(texts, pa.string())), setting).faults:
        for i, wrong in enumerate(rows):
            if wrong and found[i] is None:
                found[i] = code
    return found


def test_clean() -> None:
    cells = [
        "  a ",
        '="12"',
        "'138",
        "\t9",
        "null",
        "--",
        "",
        None,
        "　全角　",
        "\ufeff文",
        "a\u200b",
        "a'b",
        "=1+1",
    ]
    assert clean(pa.array(cells, pa.string())).to_pylist() == [
        "a",
        "12",
        "138",
        "9",
        None,
        None,
        None,
        None,
        "全角",
        "文",
        "a",
        "a'b",
        "1+1",
    ]


def test_clean_of_a_slice_looks_at_its_own_rows() -> None:
    cells = pa.array(["'x", "a", "b"]).slice(1)
    assert clean(cells).to_pylist() == ["a", "b"]
    assert clean(pa.array(["a", '="b"', "c"]).slice(1, 1)).to_pylist() == ["b"]


@given(st.decimals(min_value=0, max_value=Decimal(99999999999999), places=4))
def test_money_keeps_four_decimals_exactly(amount: Decimal) -> None:
    plain = format(amount, "f")
    assert convert("money", plain) == [amount]
    assert convert("money", f"¥{amount:,.4f}元") == [amount]


def test_numbers() -> None:
    assert convert("money", "1,234.5", "１２．５", "0.12345", "5.") == [
        Decimal("1234.5"),
        Decimal("12.5"),
        Decimal("0.1235"),
        Decimal(5),
    ]
    assert convert("cents", "1234") == [Decimal("12.34")]
    assert convert("qty", "3件", "1.5") == [Decimal(3), Decimal("1.5")]
    assert faults("money", "abc", "12%", "-1", "1e400", "2") == [
        "number_invalid",
        "number_invalid",
        "amount_negative",
        "number_invalid",
        None,
    ]
    assert faults("qty", "-1") == ["qty_negative"]
    returns = Setting(zone="UTC", negative=True)
    assert convert("qty", "-1", setting=returns) == [Decimal(-1)]
    assert faults("qty", "-1", setting=returns) == [None]


@given(
    st.datetimes(min_value=datetime(1970, 1, 3), max_value=datetime(2037, 12, 30)).map(
        lambda at: at.replace(microsecond=0)
    ),
    st.sampled_from(["Asia/Shanghai", "UTC", "America/New_York", "Europe/London"]),
    st.sampled_from(
        [
            "%Y-%m-%d %H:%M:%S",
            "%Y/%m/%d %H:%M:%S",
            "%Y年%m月%d日 %H:%M:%S",
            "%Y%m%d%H%M%S",
            "%Y-%m-%dT%H:%M:%S",
        ]
    ),
)
def test_instants_agree_with_the_standard_library(at: datetime, zone: str, form: str) -> None:
    values, _ = instants(pa.array([at.strftime(form)]), zone=zone)
    wall = at.replace(tzinfo=ZoneInfo(zone))
    back = wall.astimezone(UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    if back == at:  # a wall time that exists
        assert values.to_pylist() == [wall.astimezone(UTC).replace(tzinfo=None)]
    else:
        assert abs(values[0].as_py() - wall.astimezone(UTC).replace(tzinfo=None)) <= timedelta(
            hours=2
        )


def test_instants_of_many_forms_in_one_column() -> None:
    texts = [
        "2017-05-30 23:18:00",
        "2017/5/30 23:18",
        "20170530",
        None,
        "2017-05-30T15:18:00Z",
        "2017-05-30 23:18:00+08:00",
    ]
    values, found = instants(pa.array(texts), zone="Asia/Shanghai")
    same = datetime(2017, 5, 30, 15, 18)
    assert values.to_pylist() == [same, same, datetime(2017, 5, 29, 16), None, same, same]
    assert not any(rows.any() for _, rows in found)


def test_zero_dates_mean_nothing() -> None:
    assert faults("time", "0000-00-00 00:00:00") == [None]
    assert convert("time", "0000-00-00 00:00:00") == [None]


@pytest.mark.parametrize(
    "text",
    ["2019-02-29", "2019/2/30 1:2", "2019-04-31 00:00:00", "20191301", "2019-01-01 24:00:00"],
)
def test_impossible_dates(text: str) -> None:
    assert faults("time", text) == ["date_invalid"]


def test_day_and_month_in_either_order() -> None:
    uk, us = Setting(zone="UTC", day_first=True), Setting(zone="UTC", day_first=False)
    assert convert("time", "3/4/2019 10:00", setting=uk) == [datetime(2019, 4, 3, 10)]
    assert convert("time", "3/4/2019 10:00", setting=us) == [datetime(2019, 3, 4, 10)]
    assert faults("time", "3/4/2019 10:00") == ["date_ambiguous"]


def test_unix_times_and_own_patterns() -> None:
    assert convert("time", "1496157480", setting=Setting("UTC", format="unix")) == [
        datetime(2017, 5, 30, 15, 18)
    ]
    assert convert("time", "1496157480000", setting=Setting("UTC", format="unix_ms")) == [
        datetime(2017, 5, 30, 15, 18)
    ]
    own = Setting("UTC", format="%d.%m.%Y %H:%M")
    assert convert("time", "30.05.2017 15:18", "", setting=own) == [
        datetime(2017, 5, 30, 15, 18),
        None,
    ]
    assert faults("time", "30.05.2017 15:18", "yesterday", setting=own) == [None, "date_invalid"]


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("电话13812345678谢谢", "13812345678"),
        ("138-1234-5678", "1234"),
        ("138 1234 5678", "1234"),
        ("+8613812345678", "13812345678"),
        ("１３８１２３４５６７８", "３４５"),
        ("mail me a.b+c@example.com.cn ok", "example"),
        ("加微信号：abc_12345", "abc_12345"),
        ("QQ 123456789", "123456789"),
        ("0571-87654321", "87654321"),
        ("身份证33010119900101123X", "19900101"),
        ("两个13812345678,13912345678", "13912345678"),
    ],
)
def test_free_text_is_masked(text: str, hidden: str) -> None:
    out = masked(pa.array([text, None, "很好喝"])).to_pylist()
    assert hidden not in out[0]
    assert out[1:] == [None, "很好喝"]


@pytest.mark.parametrize(
    "text",
    ["买了3瓶，500ml", "2017-05-30 到货", "满199减20", "100分", "5.20 活动价 13.14", "iPhone 15"],
)
def test_ordinary_numbers_in_texts_stay(text: str) -> None:
    assert masked(pa.array([text])).to_pylist() == [text]


@given(st.text(max_size=40), st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True), st.text(max_size=40))
def test_no_mobile_survives_in_free_text(before: str, mobile: str, after: str) -> None:
    assert mobile not in masked(pa.array([before + mobile + after])).to_pylist()[0]


def test_provinces_have_one_name_each() -> None:
    assert len(regions.PROVINCES) == len(set(regions.PROVINCES)) == 34
    for name in regions.PROVINCES:
        assert regions.province(name) == name
    forms = {
        "广东": "广东省",
        "上海": "上海市",
        "内蒙古": "内蒙古自治区",
        "广西": "广西壮族自治区",
        "新疆": "新疆维吾尔自治区",
        "香港": "香港特别行政区",
        "北京市": "北京市",
        "宁夏回族": "宁夏回族自治区",
    }
    assert {form: regions.province(form) for form in forms} == forms
    assert regions.province("****") is None
    assert convert("province", "广东", "United Kingdom", "****", "##ab##") == [
        "广东省",
        "United Kingdom",
        None,
        None,
    ]


def test_cities_and_districts() -> None:
    assert convert("city", "广州", "广州市", "上海", "黔东南苗族侗族自治州") == [
        "广州市",
        "广州市",
        "上海市",
        "黔东南苗族侗族自治州",
    ]
    assert regions.city("张三收") is None
    assert regions.district("阳光小区") is None
    assert regions.district("人民广场") is None


def test_refund_states_and_presale_steps() -> None:
    words = {
        "退款成功": "success",
        "没有申请退款": "none",
        "无售后或售后取消": "none",
        "买家已经申请退款，等待卖家同意": "applied",
        "卖家已经同意退款，等待买家退货": "agreed",
        "买家已经退货，等待卖家确认收货": "returned",
        "卖家拒绝退款": "refused",
        "退款关闭": "closed",
        "SUCCESS": "success",
        "部分退款": "success",
        "全额退款": "success",
        "退款中": "agreed",
    }
    assert {word: refund_state(word) for word in words} == words
    assert refund_state("天书") is None
    assert presale_step("定金已付，尾款未付") == "final_unpaid"
    assert presale_step("普通") is None


def test_every_known_word_leads_to_a_canonical_state() -> None:
    known = set(statuses._TRADES.values()) | {status for _, status in statuses._CONTAINS}
    assert known <= {*STATUSES, statuses.CLOSED}
    assert set(statuses._REFUNDS.values()) <= {*REFUND_STATES, statuses.NO_REFUND}
    for status in STATUSES:
        assert trade_status(status) == status
    assert {state.split(":")[0] for _, state in WORDS} <= set(PARCEL_STATES)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1990-05-12", (1990, 5, 12, False)),
        ("1990/5/12 00:00:00", (1990, 5, 12, False)),
        ("19900512", (1990, 5, 12, False)),
        ("05-12", (None, 5, 12, False)),
        ("5月12日", (None, 5, 12, False)),
        ("农历5月30日", (None, 5, 30, True)),
        ("02-29", (None, 2, 29, False)),
        ("1990-02-30", None),
        ("1800-01-01", None),
        ("不详", None),
    ],
)
def test_birthdays(text: str, found: tuple[object, ...] | None) -> None:
    born = birthday(text)
    assert (born and tuple(born.values())) == found


def test_small_words() -> None:
    assert [stars_of(text) for text in ("5", "5星", "四星", "★★★", "4.5", "0", "好")] == [
        5,
        5,
        4,
        3,
        4,
        None,
        None,
    ]
    assert [
        image_count(text) for text in ("3", "无", "https://a/1.jpg,https://a/2.jpg", "a.jpg;b.jpg")
    ] == [3, 0, 2, 2]
    assert [parcel_state(word) for word in ("已签收", "运输中", "派件中", "已退回", "怪")] == [
        "signed",
        "in_transit",
        "out_for_delivery",
        "returned",
        None,
    ]
    assert convert("waybill", "No:1503047857300", "SF123456789,SF2", "无", "1234567 ") == [
        "1503047857300",
        "SF123456789",
        None,
        "1234567",
    ]
    assert convert("gender", "女", "男", "F", "未知") == ["f", "m", "f", None]


def test_record_sets_match_the_stage() -> None:
    from huitou.warehouse.staging import SETS

    assert set(canonical.FACTS) == set(SETS) - {"keys", "secrets", "rejects"}
    for name, columns in canonical.FACTS.items():
        staged = {key: kind for key, kind in SETS[name].items() if not key.endswith("_ref")}
        assert list(columns) == list(staged), name
        arrow = SETS[name].to_pyarrow()
        for column, kind in columns.items():
            assert arrow.field(column).type == kind, (name, column)


def test_personal_columns_are_those_that_are_sealed() -> None:
    from huitou.members.sealing import PLAIN

    assert {column for columns in canonical.PERSONAL.values() for column in columns} <= PLAIN


def test_reasons_speak_both_languages_and_name_the_column() -> None:
    for code, text in REASONS.items():
        said = reason(code, "某列")
        assert said.zh
        assert said.en
        assert ("{column}" in text.zh) == ("{column}" in text.en)
    for code in ("missing", "id_scientific", "number_invalid", "date_invalid"):
        assert "某列" in reason(code, "某列").zh


def test_fields_and_profiles_are_consistent() -> None:
    from huitou.intake.fields import field_of

    for target, fields in TARGETS.items():
        keys = [field.key for field in fields]
        assert len(keys) == len(set(keys)), target
        for field in fields:
            assert field.type in CONVERTERS, field.key
            assert field.label.zh
            assert field.label.en
    for profile in PROFILES.values():
        for column in profile.columns:
            known = field_of(profile.grain, column.field)
            assert (
                known is not None or column.converter or column.field.startswith("line.category")
            ), column.field
            assert column.headers
        assert profile.label.zh
        assert profile.label.en
        assert profile.signature
