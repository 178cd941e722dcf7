"""One-cell addresses taken apart: region, street, and the receiver when the cell names one.

Forms (domain/formats.md 2.1 quirk 6): ``省 市 区 街道(510620)``; ``姓名，86-手机号，省 市 区 街道``; the
parts run together (``广东省广州市天河区…``); a province alone. What does not look like a region's name
is left out of the region, because regions go to the warehouse and streets must not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from huitou.intake import regions
from huitou.intake.canonical import STRING
from huitou.intake.converters import by_distinct

_RECEIVER: Final = (
    r"^\s*(?P<name>[^，,]{1,40})[，,]"
    r"\s*(?P<phone>[+0-9*][0-9*\- ]{5,24}(?:转\d+)?)\s*[，,]\s*(?P<rest>.*)$"
)
_SPACED: Final = r"^(?P<p>\S+)(?:\s+(?P<c>\S+))?(?:\s+(?P<d>\S+))?"
_POSTCODE: Final = r"\s*[(（]\d{6}[)）]\s*$"
_NAME: Final = r"[^省市区县旗路街道号巷弄村镇乡里\d\s]{1,8}?"
# Districts whose names hold a word of streets or regions (路桥区, 道里区, 市南区, 镇海区).
_ODD: Final = r"路[桥南北]|道[里外]|[新沙]?市[中南北]?|镇[^省市区县旗\d\s]|乡[宁城]"
_JOINED: Final = (
    rf"^(?P<p>{regions.PROVINCE_PATTERN})"
    rf"(?P<c>{_NAME}(?:市|自治州|盟|地区))?(?P<d>(?:{_ODD}|{_NAME})(?:区|县|市|旗))?"
)


@dataclass(frozen=True)
class Parts:
    """Columns of what a cell holds; ``address`` is the whole without receiver and post code."""

    province: pa.Array
    city: pa.Array
    district: pa.Array
    address: pa.Array
    name: pa.Array
    phone: pa.Array


def split(cells: pa.Array) -> Parts:
    """Take a column of addresses apart."""
    name = phone = pa.nulls(len(cells), STRING)
    receiver = pc.match_substring_regex(cells, _RECEIVER)
    if pc.any(receiver).as_py():
        parts = pc.extract_regex(cells, _RECEIVER)
        name, phone = (_filled(parts.field(key)) for key in ("name", "phone"))
        name, phone = (pc.if_else(parts.is_valid(), part, None) for part in (name, phone))
        cells = pc.if_else(parts.is_valid(), parts.field("rest"), cells)
    address = pc.replace_substring_regex(cells, _POSTCODE, "")
    spaced = pc.extract_regex(address, _SPACED)
    province = by_distinct(_filled(spaced.field("p")), regions.province, STRING)
    city = by_distinct(_filled(spaced.field("c")), regions.city, STRING)
    district = by_distinct(_filled(spaced.field("d")), regions.district, STRING)
    known = pc.is_valid(province)
    city = pc.if_else(known, city, None)
    district = pc.if_else(known, district, None)
    joined = pc.and_(pc.is_null(province), pc.is_valid(address))
    if pc.any(joined).as_py():
        run_on = pc.extract_regex(pc.if_else(joined, address, None), _JOINED)
        province = pc.coalesce(
            province, by_distinct(_filled(run_on.field("p")), regions.province, STRING)
        )
        city = pc.coalesce(city, by_distinct(_filled(run_on.field("c")), regions.city, STRING))
        district = pc.coalesce(
            district, by_distinct(_filled(run_on.field("d")), regions.district, STRING)
        )
    return Parts(
        province, with_municipality(province, city), district, _filled(address), name, phone
    )


def with_municipality(province: pa.Array, city: pa.Array) -> pa.Array:
    """A municipality's city is the municipality."""
    municipal = pc.is_in(province, pa.array(sorted(regions.MUNICIPALITIES)))
    return pc.if_else(municipal, province, city)


def _filled(cells: pa.Array) -> pa.Array:
    """Null for empty: a group that took no part in a match comes out as an empty string."""
    return pc.if_else(pc.equal(cells, ""), pa.scalar(None, STRING), cells)
