"""Personal values: what is compared, what names nobody, what a screen may show."""

from __future__ import annotations

import re

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from huitou.members import normal

mobiles = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True).filter(
    lambda text: normal.mobile(text) is not None
)


@pytest.mark.parametrize(
    "written",
    [
        "13812340001",
        "'13812340001",
        " 138 1234 0001 ",
        "138-1234-0001",
        "+8613812340001",
        "+86 138 1234 0001",
        "0086-13812340001",
        "86-13812340001",
        "8613812340001",
        "\t13812340001",
        '="13812340001"',
        "１３８１２３４０００１",
    ],
)
def test_a_mobile_is_the_same_however_it_is_written(written: str) -> None:
    assert normal.phone(written) == normal.Phone("mobile", "13812340001")


@pytest.mark.parametrize(
    ("written", "form", "value"),
    [
        ("18877771111-123", "virtual", "18877771111"),
        ("18877771111转4567", "virtual", "18877771111"),
        ("138****8000", "mask", "138*8000"),
        ("1******6198", "mask", "1*6198"),
        ("186******05", "mask", "186*05"),
        ("0571-88886666", "landline", "057188886666"),
        ("1492C4FB0FF8", "opaque", "1492C4FB0FF8"),
    ],
)
def test_other_forms_of_phone_are_told_apart(written: str, form: normal.Form, value: str) -> None:
    assert normal.phone(written) == normal.Phone(form, value)
    assert normal.mobile(written) is None


@pytest.mark.parametrize(
    "nobody",
    [
        "",
        None,
        "null",
        "--",
        "*",
        "****",
        "##ab8Jx==",
        "$$9fjA",
        "~AAAABBBBCCCCDDDDEEEE~",
        "无",
        "13800138000",
        "13000000000",
        "11111111",
        "123",
        "13812340001，13912340002",
    ],
)
def test_cells_that_name_nobody_are_no_phone(nobody: str | None) -> None:
    assert normal.phone(nobody) is None


def test_the_tail_joins_a_number_and_its_masks() -> None:
    tails = [
        normal.phone(text) for text in ("13812348000", "138****8000", "1******8000", "138******00")
    ]
    assert [normal.phone_tail(found) for found in tails if found] == ["8000", "8000", "8000", None]


@given(mobiles, st.sampled_from(["", "+86", "86-", "0086"]), st.sampled_from(["", "'", " "]))
def test_cleaning_a_phone_is_idempotent_and_ignores_dress(
    digits: str, prefix: str, guard: str
) -> None:
    found = normal.mobile(f"{guard}{prefix}{digits} ")
    assert found == digits
    assert normal.mobile(found) == found


@given(mobiles)
def test_a_masked_phone_never_holds_the_middle(digits: str) -> None:
    masked = normal.mask_phone(digits)
    assert re.fullmatch(r"1\d\d\*{4}\d{4}", masked)
    assert normal.phone(masked) == normal.Phone("mask", f"{digits[:3]}*{digits[-4:]}")


@given(st.text(min_size=3, max_size=30).map(normal.clean).filter(lambda text: len(text) >= 3))
def test_masked_names_and_nicks_hide_something_and_are_stable(text: str) -> None:
    for mask in (normal.mask_name, normal.mask_nick):
        once = mask(text)
        assert "*" in once
        assert mask(once) == once or len(once) <= 2
        if len(text) >= 6 and "*" not in text:
            assert text not in once
            assert len(set(once) - {"*"}) <= 2


cells = st.text("aZz19 05*'=\"\t-@.+#$~张三浙江省杭州市区路号１８Ａ　，()", max_size=30)


@given(cells)
def test_cleaning_any_text_is_idempotent(text: str) -> None:
    for rule in (
        normal.nick,
        normal.name,
        normal.email,
        normal.card_no,
        normal.alipay,
        normal.token,
    ):
        once = rule(text)
        assert once is None or rule(once) == once


@pytest.mark.parametrize(
    ("rule", "written", "expected"),
    [
        (normal.nick, " tb_小鱼 ", "tb_小鱼"),
        (normal.nick, "t**1", None),
        (normal.nick, "匿名买家", None),
        (normal.nick, "##cipher", None),
        (normal.name, "张 三", "张三"),
        (normal.name, "张*", None),
        (normal.name, "Ann  Lee", "Ann Lee"),
        (normal.email, "Zhang.San@QQ.com", "zhang.san@qq.com"),
        (normal.email, "z***@qq.com", None),
        (normal.email, "13812340001", None),
        (normal.alipay, "138 1234 0001", "13812340001"),
        (normal.alipay, "A@B.cn", "a@b.cn"),
        (normal.alipay, "138****0001", None),
        (normal.card_no, "vip 0012-7", "VIP00127"),
        (normal.card_no, "0000", None),
        (normal.card_no, "2.23196E+18", None),
        (normal.token, "0", None),
        (normal.token, "AAHd1-xY", "AAHd1-xY"),
        (normal.address, "浙江省 杭州市 西湖区 文三路 100号", "浙江省杭州市西湖区文三路100号"),
        (normal.address, "广东省 广州市 越秀区(510620)", None),
        (normal.address, "上海 上海市 浦东新区", None),
        (normal.address, "浙江省杭州市西湖区****", None),
    ],
)
def test_values_are_compared_in_one_form(rule, written: str, expected: str | None) -> None:  # type: ignore[no-untyped-def]
    assert rule(written) == expected


@pytest.mark.parametrize(
    ("mask", "plain", "shown"),
    [
        (normal.mask_phone, "13812348000", "138****8000"),
        (normal.mask_phone, "18877771111-123", "188****1111-***"),
        (normal.mask_phone, "1******6198", "1******6198"),
        (normal.mask_phone, "1492C4FB0FF8", "14****F8"),
        (normal.mask_phone, "what", "****"),
        (normal.mask_name, "张三", "张*"),
        (normal.mask_name, "张小三", "张*三"),
        (normal.mask_name, "欧阳娜娜", "欧**娜"),
        (normal.mask_nick, "abcdb", "a***b"),
        (normal.mask_nick, "ab", "a***"),
        (normal.mask_nick, "t**1", "t**1"),
        (normal.mask_email, "zhang@qq.com", "z***@qq.com"),
        (normal.mask_email, "nonsense", "***"),
        (normal.mask_code, "V00128899", "****8899"),
        (normal.mask_code, "1425", "****25"),
        (normal.mask_address, "浙江省 杭州市 西湖区 文三路100号", "浙江省 杭州市 西湖区 ***"),
        (normal.mask_address, "浙江省杭州市西湖区文三路100号", "浙江省杭州市西湖区***"),
        (normal.mask_address, "上海市浦东新区超市路1号", "上海市浦东新区***"),
        (normal.mask_address, "文三路1号联华超市", "***"),
        (normal.mask_address, "广东省 广州市 越秀区(510620)", "广东省 广州市 越秀区 ***"),
        (normal.mask_address, "浙江省 杭州市 幸福小区 3幢", "浙江省 杭州市 ***"),
    ],
)
def test_masks_show_what_the_rules_allow(mask, plain: str, shown: str) -> None:  # type: ignore[no-untyped-def]
    assert mask(plain) == shown


@given(
    st.sampled_from(["浙江省", "浙江", "上海市", ""]),
    st.sampled_from(["杭州市", "宁波市", ""]),
    st.from_regex(r"[一二三四五六七八九][路街巷][0-9]{1,4}号[0-9]{1,4}室", fullmatch=True),
)
def test_a_masked_address_never_shows_the_street(province: str, city: str, street: str) -> None:
    for joined in (f"{province}{city}西湖区{street}", f"{province} {city} 西湖区 {street}"):
        assert not re.search(r"\d|号|室", normal.mask_address(joined))


def test_free_text_loses_numbers_and_addresses_of_e_mail() -> None:
    texts = pa.array(
        ["加我13812348000,13912348001谢谢", "mail zhang.san@qq.com ok", "订单 12345678901234", None]
    )
    assert normal.scrub(texts).to_pylist() == [
        "加我138****8000,139****8001谢谢",
        "mail z***@qq.com ok",
        "订单 12345678901234",
        None,
    ]
