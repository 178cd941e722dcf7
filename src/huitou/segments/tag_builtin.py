"""The groups and tags that every installation has, with codes that never change.

Most are empty drawers for what only people know (for whom somebody buys, how they like to be written
to); those with a rule (``derived``) work themselves out once an operator switches them on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from huitou.kernel.i18n import Text
from huitou.segments import derived
from huitou.segments.tag_models import MANUAL, RULE, Tag, TagGroup

IMPORTED: Final = "imported"
"""The group of the tags that lists bring along."""


@dataclass(frozen=True)
class BuiltinTag:
    code: str  # within its group; ``group.code`` is the tag's own
    label: Text


@dataclass(frozen=True)
class BuiltinGroup:
    """``exclusive``: a member has at most one of its tags."""

    code: str
    label: Text
    tags: tuple[BuiltinTag, ...] = ()
    exclusive: bool = False
    help: Text = Text("", "")


def _tags(**labels: tuple[str, str]) -> tuple[BuiltinTag, ...]:
    return tuple(BuiltinTag(code, Text(*pair)) for code, pair in labels.items())


_LEVELS: Final = {"high": ("高", "high"), "middle": ("中", "middle"), "low": ("低", "low")}

GROUPS: Final[dict[str, BuiltinGroup]] = {
    one.code: one
    for one in (
        BuiltinGroup(
            "recipient", Text("送礼对象", "Buys for"),
            _tags(elders=("送长辈", "elders"), friends=("送朋友", "friends"), self=("自饮自用", "themselves"),
                  banquet=("宴请", "banquets"), gift=("常送礼", "often gives presents")),
            help=Text("买来给谁：从备注、礼盒推断或由客服确认", "For whom they buy: inferred, or confirmed by an agent"),
        ),
        BuiltinGroup(
            "taste", Text("口味", "Taste"),
            _tags(sweet=("偏甜", "sweet"), dry=("偏干", "dry"), mild=("清淡", "mild"), rich=("醇厚", "rich"),
                  salty=("偏咸", "salty"), spicy=("偏辣", "spicy"), sour=("偏酸", "sour")),
            help=Text("食品饮料的口味", "What they like to eat and drink"),
        ),
        BuiltinGroup(
            "region", Text("地域", "Part of the country"),
            _tags(north=("华北", "north"), northeast=("东北", "north-east"), east=("华东", "east"),
                  central=("华中", "central"), south=("华南", "south"), southwest=("西南", "south-west"),
                  northwest=("西北", "north-west"), overseas=("港澳台", "Hong Kong, Macau, Taiwan")),
            exclusive=True,
        ),
        BuiltinGroup(
            "order_value", Text("客单价", "Order value"), _tags(**_LEVELS), exclusive=True,
            help=Text("笔单价：前 20% 为高，后 30% 为低", "Average order: top 20% is high, bottom 30% low"),
        ),
        BuiltinGroup(
            "character", Text("购物性格", "Character"),
            _tags(brisk=("爽快", "brisk"), sober=("理智", "sober"), picky=("挑剔", "picky"), easy=("随意", "easy-going")),
            exclusive=True, help=Text("客服与导购的判断", "What agents and guides make of them"),
        ),
        BuiltinGroup(
            "style", Text("风格", "Style"),
            _tags(military=("军旅", "military"), british=("英伦", "British"), trendy=("潮男", "trendy"),
                  casual=("休闲", "casual"), street=("街头", "street"), formal=("正装", "formal")),
            help=Text("服饰", "Clothes"),
        ),
        BuiltinGroup(
            "colour", Text("颜色", "Colour"),
            _tags(red=("红", "red"), black=("黑", "black"), blue=("蓝", "blue"), yellow=("黄", "yellow"),
                  white=("白", "white"), grey=("灰", "grey"), green=("绿", "green")),
        ),
        BuiltinGroup(
            "fabric", Text("面料", "Fabric"),
            _tags(cotton=("棉", "cotton"), linen=("麻", "linen"), wool=("呢绒", "wool"), silk=("真丝", "silk")),
        ),
        BuiltinGroup(
            "occasion", Text("场合", "Occasion"),
            _tags(formal=("正式", "formal"), daily=("平时", "every day"), sports=("运动", "sports"),
                  party=("派对", "parties"), date=("约会", "dates")),
        ),
        BuiltinGroup(
            "contact", Text("沟通方式", "How to reach them"),
            _tags(qq=("QQ", "QQ"), wechat=("微信", "WeChat"), sms=("短信", "SMS"), email=("邮件", "e-mail"),
                  wangwang=("旺旺", "Wangwang"), phone=("电话", "telephone")),
            help=Text("会员喜欢的联系方式", "The way they like to be reached"),
        ),
        BuiltinGroup(
            "topics", Text("愿接收信息", "Wants to hear about"),
            _tags(launches=("新品首发", "new products"), events=("会员活动", "member events"),
                  favourites=("热销推荐", "best sellers"), shop=("店铺活动", "shop events"),
                  offers=("促销", "offers")),
            help=Text("会员同意接收的主题", "What they agreed to receive"),
        ),
        BuiltinGroup(
            "promotion", Text("促销敏感度", "Promotion sensitivity"), _tags(**_LEVELS), exclusive=True,
            help=Text("有优惠的订单占比：≥60% 高，20%–60% 中，<20% 低",
                      "Share of orders with a discount: 60% and more is high, under 20% low"),
        ),
        BuiltinGroup(
            "price", Text("价格敏感度", "Price sensitivity"), _tags(**_LEVELS), exclusive=True,
            help=Text("所买商品在其类目中的价位", "The price level of what they buy within its category"),
        ),
        BuiltinGroup(
            "reviewing", Text("评价积极度", "Keenness to review"), _tags(**_LEVELS), exclusive=True,
            help=Text("主动确认收货并写评语为高，主动确认为中，否则为低",
                      "Confirms and writes: high; confirms: middle; neither: low"),
        ),
        BuiltinGroup(
            "carrier", Text("物流偏好", "Carrier"),
            _tags(sf=("顺丰", "SF"), ems=("EMS", "EMS"), zto=("中通", "ZTO"), yto=("圆通", "YTO"),
                  jd=("京东", "JD")),
        ),
        BuiltinGroup(
            "occupation", Text("职业", "Occupation"),
            _tags(student=("学生", "student"), office=("上班族", "office worker"), official=("公务员", "civil servant"),
                  teacher=("教师", "teacher"), medical=("医护", "medical"), owner=("个体经营", "self-employed"),
                  free=("自由职业", "freelance"), parent=("全职父母", "full-time parent"), retired=("退休", "retired")),
            exclusive=True,
        ),
        BuiltinGroup(
            "traits", Text("品类特征", "What they buy"),
            _tags(consumable=("消耗品", "consumables"), seasonal=("季节性", "seasonal"), festival=("节日", "for festivals"),
                  health=("养生", "for health"), present=("送礼", "presents"), banquet=("宴请", "for banquets")),
            help=Text("所买品类的特征，决定回购周期、季节与节日关怀", "Drives cycles, seasons and festival care"),
        ),
        BuiltinGroup(
            "hours", Text("购物时段", "Shopping hours"),
            _tags(morning=("上午", "mornings"), noon=("中午", "noon"), afternoon=("下午", "afternoons"),
                  evening=("晚上", "evenings"), late=("深夜", "late evenings"), night=("凌晨", "nights")),
            exclusive=True, help=Text("下单最多的时段", "When most of their orders are paid"),
        ),
        BuiltinGroup(
            "channel", Text("渠道偏好", "Channel"),
            _tags(online=("只在网店买", "online only"), store=("只在门店买", "stores only"), both=("线上线下都买", "both")),
            exclusive=True, help=Text("在网店买还是在门店买", "Whether they buy online or in stores"),
        ),
        BuiltinGroup(
            IMPORTED, Text("导入", "From lists"),
            help=Text("会员名单的“标签”列", "The tags column of member lists"),
        ),
    )
}  # fmt: skip


def install(now: datetime) -> None:
    """Add the built-in groups and tags that are missing. Their labels are not stored."""
    groups = {row.code: row for row in TagGroup.objects.filter(builtin=True)}
    known = set(Tag.objects.filter(builtin=True).values_list("code", flat=True))
    for place, group in enumerate(GROUPS.values()):
        row = groups.get(group.code)
        if row is None:
            row = TagGroup.objects.create(
                code=group.code,
                builtin=True,
                exclusive=group.exclusive,
                position=place,
                created_at=now,
            )
        missing = [tag for tag in group.tags if f"{group.code}.{tag.code}" not in known]
        Tag.objects.bulk_create(
            _row(row, group, tag, group.tags.index(tag), now) for tag in missing
        )


def is_complete(groups: Iterable[str], tags: Iterable[str]) -> bool:
    """Whether nothing is missing among these codes."""
    wanted = {f"{group.code}.{tag.code}" for group in GROUPS.values() for tag in group.tags}
    return GROUPS.keys() <= set(groups) and wanted <= set(tags)


def group_label(row: TagGroup) -> Text:
    """A group's name."""
    known = GROUPS.get(row.code) if row.builtin else None
    return known.label if known else Text(row.label or row.code, row.label or row.code)


def tag_label(row: Tag) -> Text:
    """A tag's name."""
    if row.builtin and not row.label:
        group, _dot, code = row.code.partition(".")
        for tag in GROUPS[group].tags if group in GROUPS else ():
            if tag.code == code:
                return tag.label
    return Text(row.label or row.code, row.label or row.code)


def full_label(row: Tag) -> Text:
    """A tag's name with its group's, for where it stands alone."""
    group, tag = group_label(row.group), tag_label(row)
    return Text(f"{group.zh} · {tag.zh}", f"{group.en} · {tag.en}")


def rule_document(row: Tag) -> Mapping[str, Any] | None:
    """The rule of a tag: its own, else the one that a built-in tag comes with."""
    if row.rule is not None or not row.builtin or row.kind == MANUAL:
        return row.rule
    return derived.RULES.get(row.code)


def _row(group: TagGroup, of: BuiltinGroup, tag: BuiltinTag, place: int, now: datetime) -> Tag:
    code = f"{of.code}.{tag.code}"
    has_rule = code in derived.RULES
    return Tag(
        group=group,
        code=code,
        builtin=True,
        kind=RULE if has_rule else MANUAL,
        enabled=not has_rule,  # an operator switches it on
        position=place,
        created_at=now,
        updated_at=now,
    )
