"""Chinese regions: normal forms of provinces, the parts of an address.

34 province-level regions by the names of GB/T 2260.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

PROVINCES: Final = (
    "北京市", "天津市", "上海市", "重庆市",
    "河北省", "山西省", "辽宁省", "吉林省", "黑龙江省", "江苏省", "浙江省", "安徽省", "福建省", "江西省",
    "山东省", "河南省", "湖北省", "湖南省", "广东省", "海南省", "四川省", "贵州省", "云南省", "陕西省",
    "甘肃省", "青海省",
    "内蒙古自治区", "广西壮族自治区", "西藏自治区", "宁夏回族自治区", "新疆维吾尔自治区",
    "香港特别行政区", "澳门特别行政区", "台湾省",
)  # fmt: skip

MUNICIPALITIES: Final = frozenset(PROVINCES[:4])

_TAIL: Final = re.compile("(省|市|壮族自治区|回族自治区|维吾尔自治区|自治区|特别行政区)$")
_BY_STEM: Final = {_TAIL.sub("", name): name for name in PROVINCES}
_BY_STEM.update(
    {"广西壮族": "广西壮族自治区", "宁夏回族": "宁夏回族自治区", "新疆维吾尔": "新疆维吾尔自治区",
     "内蒙": "内蒙古自治区", "中国台湾": "台湾省", "中国香港": "香港特别行政区", "中国澳门": "澳门特别行政区"}
)  # fmt: skip
_STEMS: Final = "|".join(sorted(_BY_STEM, key=len, reverse=True))
PROVINCE_PATTERN: Final = (
    rf"(?:{_STEMS})(?:省|市|壮族自治区|回族自治区|维吾尔自治区|自治区|特别行政区)?"
)

_CITY: Final = re.compile(r"^[\u4e00-\u9fff]{1,14}(市|州|盟|地区|林区|县|行政区划|行政单位)$")
_DISTRICT: Final = re.compile(r"^[\u4e00-\u9fff]{1,15}(?<!小)(区|县|市|旗|镇|乡|街道)$")


@lru_cache(maxsize=4096)
def province(text: str) -> str | None:
    """The full name of a province from any usual form (广东 → 广东省), None for anything else."""
    word = text.strip().replace(" ", "")
    return _BY_STEM.get(word) or _BY_STEM.get(_TAIL.sub("", word))


@lru_cache(maxsize=65536)
def city(text: str, of_province: str | None = None, *, own_column: bool = False) -> str | None:
    """A city's full name, None for what does not look like one.

    A municipality's city is the municipality itself (上海 上海市, 重庆 县 → 重庆市). ``own_column``: the
    text comes from a column of cities, so that a bare name (广州) is one too.
    """
    if of_province in MUNICIPALITIES:
        return of_province
    word = text.strip()
    if word + "市" in MUNICIPALITIES:
        return word + "市"
    if len(word) == 2 and word.endswith("州"):
        return word + "市"  # 广州, not the short form of an autonomous prefecture (恩施州)
    if _CITY.match(word):
        return word
    return f"{word}市" if own_column and re.fullmatch(r"[\u4e00-\u9fff]{2,4}", word) else None


@lru_cache(maxsize=65536)
def district(text: str) -> str | None:
    """A district's or county's name, None for what does not look like one (a street never does)."""
    word = text.strip()
    return word if _DISTRICT.match(word) else None
