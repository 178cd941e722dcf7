"""Which profile reads a table and whose file it is: clear cases are decided, others are asked."""

from __future__ import annotations

import pytest

from huitou.accounts.shops import ShopRow
from huitou.intake.detect import detect
from huitou.intake.mapping import examples, profile_from_json
from huitou.intake.plan import Glance, choose, guess_shop, main_sets, needs_shop, platform_of
from huitou.intake.profiles import PROFILES
from huitou.intake.synthetic import ITEM_HEADER, ORDER_HEADER


def glance(header: list[str], *shop_names: str) -> Glance:
    return Glance("t.csv", header, detect(header), shop_names)


def shop(number: int, name: str, platform: str) -> ShopRow:
    return ShopRow(number, f"s{number}", name, platform, "online", "b")


ORDERS = glance(ORDER_HEADER)
ITEMS = glance(ITEM_HEADER)
POS_HEADER = [
    "小票号",
    "门店名称",
    "交易时间",
    "商品编码",
    "品名",
    "数量",
    "单价",
    "实收",
    "会员手机号",
]


def test_each_table_gets_the_report_that_fits_it() -> None:
    plans = choose([ITEMS, ORDERS, glance(["日期", "气温"])], None)
    assert [plan.profile and plan.profile.code for plan in plans] == [
        "taobao_items", "taobao_orders", None
    ]  # fmt: skip
    assert main_sets(plans) == ["lines", "trades"]
    assert plans[2].why.zh


def test_a_table_that_lacks_a_needed_column_is_left_out_and_says_which() -> None:
    header = [name for name in ORDER_HEADER if name != "买家实际支付金额"]
    (plan,) = choose([glance(header)], None)
    assert plan.profile is None
    assert plan.missing == ("买家实际支付金额",)
    assert "买家实际支付金额" in plan.why.en


def test_a_chosen_profile_is_taken_for_the_tables_it_fits() -> None:
    plans = choose([ITEMS, ORDERS], PROFILES["taobao_orders"])
    assert [plan.profile is not None for plan in plans] == [False, True]
    assert "宝贝报表" in plans[0].why.zh
    (alone,) = choose([ITEMS], PROFILES["taobao_orders"])
    assert alone.profile is PROFILES["taobao_orders"]
    headerless = profile_from_json(examples()["cdnow_sample"])
    (plan,) = choose([glance(["00004 0001"])], headerless)
    assert plan.profile is headerless


@pytest.mark.parametrize(
    ("names", "known", "expected"),
    [
        ((), [shop(1, "甲", "taobao")], 1),
        ((), [shop(1, "甲", "tmall")], 1),
        ((), [shop(1, "甲", "jd")], None),
        ((), [shop(1, "甲", "taobao"), shop(2, "乙", "tmall")], None),
        (("乙",), [shop(1, "甲", "taobao"), shop(2, "乙", "tmall")], 2),
        (("丙",), [shop(1, "甲", "taobao"), shop(2, "乙", "tmall")], None),
        (("丙",), [shop(1, "甲", "taobao")], None),  # names another shop than the only one
        (("丙",), [shop(1, "淘宝店", "taobao")], 1),  # … which has no name of its own yet
        (("0",), [shop(1, "甲", "taobao")], 1),
        (("甲", "乙"), [shop(1, "甲", "taobao")], 1),
        (("乙",), [shop(1, "乙", "jd"), shop(2, "甲", "taobao")], None),
    ],
)
def test_whose_file_it_is(
    names: tuple[str, ...], known: list[ShopRow], expected: int | None
) -> None:
    glances = [glance(ORDER_HEADER, *names)]
    guess = guess_shop(choose(glances, None), glances, known)
    assert (guess.shop.shop if guess.shop else None) == expected


def test_a_new_shop_would_have_the_name_and_platform_of_the_file() -> None:
    glances = [glance(ORDER_HEADER, "回头旗舰店", "0")]
    guess = guess_shop(choose(glances, None), glances, [])
    assert (guess.new_name, guess.platform) == ("回头旗舰店", "taobao")


def test_tickets_belong_to_tills_and_never_to_a_marketplace() -> None:
    glances = [glance(POS_HEADER)]
    plans = choose(glances, None)
    assert plans[0].profile is PROFILES["pos_tickets"]
    assert platform_of(plans) == "pos"
    assert guess_shop(plans, glances, [shop(1, "甲", "taobao")]).shop is None
    assert guess_shop(plans, glances, [shop(1, "甲", "taobao"), shop(2, "店", "pos")]).shop


def test_a_catalogue_belongs_to_no_shop() -> None:
    plans = choose([glance(["宝贝ID", "标题", "价格", "品牌"])], None)
    assert main_sets(plans) == ["items"]
    assert not needs_shop(plans)
    assert needs_shop(choose([ORDERS], None))
