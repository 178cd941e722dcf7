"""The rules of built-in tags that work themselves out, by the tag's code (T2–T12 of the features).

Plain rule documents over the catalogue, as an operator could have drawn them; they may change them in
the tag's dialog. All are switched off until somebody wants them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

Document = Mapping[str, Any]

_LEVELS: Final = {"high": "high", "middle": "mid", "low": "low"}
_REGIONS: Final = (
    "north", "northeast", "east", "central", "south", "southwest", "northwest", "overseas",
)  # fmt: skip
_HOURS: Final = ("morning", "noon", "afternoon", "evening", "late", "night")
_FESTIVALS: Final = ("spring_festival", "dragon_boat", "mid_autumn")

# How shops word what an item is like: name of the attribute, then values, by the tag's code.
_TASTE_NAMES: Final = ("口味", "口感", "味道", "风味", "香型", "甜度", "糖度")
_TASTES: Final[dict[str, tuple[str, ...]]] = {
    "sweet": ("甜", "偏甜", "甜型", "甜味", "半甜", "半甜型", "甜香"),
    "dry": ("干", "偏干", "干型", "半干", "半干型", "无糖"),
    "mild": ("清淡", "清香", "清香型", "淡", "原味"),
    "rich": ("醇厚", "浓", "浓郁", "浓香", "浓香型", "酱香", "酱香型"),
    "salty": ("咸", "偏咸", "咸味", "咸香"),
    "spicy": ("辣", "偏辣", "微辣", "香辣", "麻辣", "中辣", "特辣"),
    "sour": ("酸", "偏酸", "酸味", "酸甜"),
}
_STYLE_NAMES: Final = ("风格", "服装风格", "服饰风格", "基础风格", "款式风格")
_STYLES: Final[dict[str, tuple[str, ...]]] = {
    "military": ("军旅", "军装", "工装军旅"),
    "british": ("英伦", "英伦风", "英伦学院"),
    "trendy": ("潮男", "潮流", "时尚潮流", "青春流行"),
    "casual": ("休闲", "时尚休闲", "商务休闲", "简约休闲"),
    "street": ("街头", "街头潮人", "嘻哈"),
    "formal": ("正装", "商务正装", "商务绅士", "商务"),
}
_COLOUR_NAMES: Final = ("颜色", "颜色分类", "主要颜色", "色系")
_COLOURS: Final[dict[str, tuple[str, ...]]] = {
    "red": ("红", "红色", "大红色", "酒红色"),
    "black": ("黑", "黑色"),
    "blue": ("蓝", "蓝色", "深蓝色", "天蓝色", "藏青色"),
    "yellow": ("黄", "黄色"),
    "white": ("白", "白色", "米白色"),
    "grey": ("灰", "灰色", "深灰色", "浅灰色"),
    "green": ("绿", "绿色", "军绿色"),
}
_FABRIC_NAMES: Final = ("面料", "材质", "面料材质", "材质成分", "主面料", "面料分类")
_FABRICS: Final[dict[str, tuple[str, ...]]] = {
    "cotton": ("棉", "纯棉", "全棉", "棉布"),
    "linen": ("麻", "亚麻", "棉麻", "苎麻"),
    "wool": ("呢绒", "羊毛", "毛呢", "羊绒"),
    "silk": ("真丝", "桑蚕丝", "蚕丝"),
}
_OCCASION_NAMES: Final = ("场合", "适用场景", "适用场合", "场景")
_OCCASIONS: Final[dict[str, tuple[str, ...]]] = {
    "formal": ("正式", "商务", "职场", "婚礼"),
    "daily": ("平时", "日常", "居家", "休闲", "上班"),
    "sports": ("运动", "户外", "健身"),
    "party": ("派对", "聚会", "宴会"),
    "date": ("约会",),
}
_CONTACTS: Final = {"sms": "sms", "email": "email", "wechat": "wecom"}


def _document(rule: Mapping[str, Any]) -> Document:
    return {"version": 1, "rule": rule}


def _is(attribute: str, operator: str, value: Any = None) -> dict[str, Any]:
    found = {"kind": "profile", "attribute": attribute, "operator": operator}
    return found if value is None else {**found, "value": value}


def _any_of(attribute: str, *values: str) -> Document:
    return _document(_is(attribute, "any_of", list(values)))


def _likes(
    group: str, names: Iterable[str], words: Mapping[str, tuple[str, ...]]
) -> dict[str, Document]:
    """Tags for what at least three in ten of the last ten bought items are like."""
    return {
        f"{group}.{code}": _any_of("taste", *(f"{name}={word}" for name in names for word in said))
        for code, said in words.items()
    }


def _levels(group: str, attribute: str) -> dict[str, Document]:
    return {f"{group}.{code}": _any_of(attribute, level) for code, level in _LEVELS.items()}


def _rank(direction: str, percent: int) -> dict[str, Any]:
    return {
        "kind": "rank",
        "direction": direction,
        "size": {"n": percent, "unit": "percent"},
        "by": {"kind": "profile", "attribute": "average_order"},
    }


RULES: Final[dict[str, Document]] = {
    "recipient.gift": _document(_is("gift_buyer", "yes")),
    **_likes("taste", _TASTE_NAMES, _TASTES),
    **{f"region.{code}": _any_of("region", code) for code in _REGIONS},
    "order_value.high": _document(_rank("top", 20)),
    "order_value.middle": _document(
        {
            "kind": "all",
            "children": [
                _is("is_buyer", "yes"),
                {"kind": "none", "children": [_rank("top", 20), _rank("bottom", 30)]},
            ],
        }
    ),
    "order_value.low": _document(_rank("bottom", 30)),
    **_likes("style", _STYLE_NAMES, _STYLES),
    **_likes("colour", _COLOUR_NAMES, _COLOURS),
    **_likes("fabric", _FABRIC_NAMES, _FABRICS),
    **_likes("occasion", _OCCASION_NAMES, _OCCASIONS),
    **{f"contact.{code}": _any_of("best_channel", one) for code, one in _CONTACTS.items()},
    **_levels("promotion", "promotion_sensitivity"),
    **_levels("price", "price_sensitivity"),
    **_levels("reviewing", "keenness"),
    "traits.festival": _any_of("holidays", *_FESTIVALS),
    "traits.present": _document(_is("gift_items", "yes")),
    **{f"hours.{code}": _any_of("hour_band", code) for code in _HOURS},
    **{f"channel.{code}": _any_of("ways", code) for code in ("online", "store", "both")},
}
