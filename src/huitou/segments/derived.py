"""The rules of built-in tags that work themselves out, by the tag's code (T3–T10 of the features).

Plain rule documents, as an operator could have drawn them; they may change them in the tag's dialog.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

Document = Mapping[str, Any]

_EVER: Final = {"kind": "ever"}
_REGIONS: Final[dict[str, tuple[str, ...]]] = {
    "north": ("北京市", "天津市", "河北省", "山西省", "内蒙古自治区"),
    "northeast": ("辽宁省", "吉林省", "黑龙江省"),
    "east": ("上海市", "江苏省", "浙江省", "安徽省", "福建省", "江西省", "山东省"),
    "central": ("河南省", "湖北省", "湖南省"),
    "south": ("广东省", "广西壮族自治区", "海南省"),
    "southwest": ("重庆市", "四川省", "贵州省", "云南省", "西藏自治区"),
    "northwest": ("陕西省", "甘肃省", "青海省", "宁夏回族自治区", "新疆维吾尔自治区"),
    "overseas": ("香港特别行政区", "澳门特别行政区", "台湾省"),
}


def _document(rule: Mapping[str, Any]) -> Document:
    return {"version": 1, "rule": rule}


def _profile(attribute: str, operator: str, value: Any = None) -> dict[str, Any]:
    found = {"kind": "profile", "attribute": attribute, "operator": operator}
    return found if value is None else {**found, "value": value}


def _all(*children: Mapping[str, Any]) -> dict[str, Any]:
    return {"kind": "all", "children": list(children)}


def _none(*children: Mapping[str, Any]) -> dict[str, Any]:
    return {"kind": "none", "children": list(children)}


def _trades(
    measure: str, operator: str, value: Any, where: Sequence[Mapping[str, Any]] = ()
) -> dict[str, Any]:
    return {
        "kind": "trades",
        "basis": "paid",
        "measure": measure,
        "where": list(where),
        "window": _EVER,
        "operator": operator,
        "value": value,
    }


def _where(field: str, operator: str, value: Any) -> dict[str, Any]:
    return {"field": field, "operator": operator, "value": value}


def _rank(direction: str, percent: int) -> dict[str, Any]:
    by = {
        key: value
        for key, value in _trades("average", "ge", 0).items()
        if key not in {"operator", "value"}
    }
    return {
        "kind": "rank",
        "direction": direction,
        "size": {"n": percent, "unit": "percent"},
        "by": by,
    }


RULES: Final[dict[str, Document]] = {
    **{
        f"region.{code}": _document(_profile("province", "any_of", list(provinces)))
        for code, provinces in _REGIONS.items()
    },
    "order_value.high": _document(_rank("top", 20)),
    "order_value.middle": _document(
        _all(_trades("orders", "ge", 1), _none(_rank("top", 20), _rank("bottom", 30)))
    ),
    "order_value.low": _document(_rank("bottom", 30)),
}
