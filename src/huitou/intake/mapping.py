"""Mappings that people draw: JSON to a profile, checked so that each fault names its column.

The JSON::

    {"version": 1, "name": …, "platform": …, "grain": trade|line|profile|item|review|visit|refund|parcel,
     "header_row": null, "no_header": false, "delimiter": null,
     "columns": [{"field": …, "header": … | "index": …, "converter"?, "format"?, "constant"?}],
     "value_maps": {field: {word in the file: our word}},
     "options": {"trade_id_from": [fields] | null, "negative_qty": "reject" | "return",
                 "day_first"?, "zone"?, "currency"?, "default_status"?, "rest_as_attributes"?}}

Several columns with one ``field`` are sources in order: the first that is filled counts.
``converter: "row_number"`` needs no header. Ready examples lie in ``mappings/``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any, Final, cast, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from huitou.intake.converters import CONVERTERS
from huitou.intake.fields import ATTRIBUTE, Field, field_of, fields_of
from huitou.intake.frame import ROW_NUMBER
from huitou.intake.profiles import PROFILES
from huitou.intake.profiles.base import Column, Grain, Options, Profile
from huitou.intake.readers.headers import same_header
from huitou.intake.records import PERSON_KEYS
from huitou.intake.statuses import CLOSED, trade_status
from huitou.kernel.errors import InvalidInput
from huitou.kernel.i18n import Text
from huitou.warehouse.schema import STATUSES

VERSION: Final = 1
_NEEDED: Final[dict[Grain, tuple[tuple[str, ...], ...]]] = {
    # Of each group at least one field must be mapped.
    "trade": (("created_at", "paid_at"),),
    "line": (
        ("line.title", "line.item_key", "line.merchant_code"),
        ("line.qty", "line.line_amount", "line.paid_amount"),
    ),
    "refund": (("refund_id",), ("trade_id",), ("amount",)),
    "profile": (PERSON_KEYS,),
    "item": (("item_key", "title", "merchant_code"),),
    "review": (("text", "rating", "stars"),),
    "visit": (("occurred_at",),),
    "parcel": (("trade_id",), ("parcel.waybill", "parcel.joined")),
    "trace": (("carrier",), ("waybill",), ("occurred_at",), ("text", "state")),
}
_COMPATIBLE: Final[dict[str, frozenset[str]]] = {
    "money": frozenset({"money", "cents"}),
    "qty": frozenset({"qty", "int"}),
    "time": frozenset({"time"}),
    "date": frozenset({"date"}),
    "bool": frozenset({"bool"}),
    "id": frozenset({"id", "key", ROW_NUMBER}),
    "key": frozenset({"id", "key", ROW_NUMBER}),
    "waybill": frozenset({"waybill"}),
}
_AS_TEXT: Final = frozenset(
    {"text", "key", "id", "province", "city", "district", "gender", ROW_NUMBER}
)


class InvalidMapping(InvalidInput):
    """A mapping that cannot be used. ``where`` holds the column or field at fault and all problems."""

    code = "mapping_invalid"


class _Problems:
    """Everything that is wrong, so that a person can put it right at once."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.found: list[tuple[str, Text]] = []

    def add(self, column: str, zh: str, en: str) -> None:
        self.found.append((column, Text(zh, en)))

    def raise_if_any(self) -> None:
        if not self.found:
            return
        column = self.found[0][0]
        zh = "；".join(text.zh for _, text in self.found[:5])
        en = "; ".join(text.en for _, text in self.found[:5])
        raise InvalidMapping(
            Text(f"映射“{self.name}”有误：{zh}", f"Mapping “{self.name}”: {en}"),
            remedy=Text("改正所指的列后再保存", "Correct the named columns and save again"),
            where={
                "column": column,
                "problems": [{"column": c, "zh": t.zh, "en": t.en} for c, t in self.found],
            },
        )


def profile_from_json(body: Mapping[str, Any], code: str | None = None) -> Profile:
    """The profile that a mapping stands for. Raises ``InvalidMapping``."""
    name = str(body.get("name") or "").strip()
    problems = _Problems(name)
    if body.get("version", VERSION) != VERSION:
        problems.add("version", "版本应为 1", "version must be 1")
    if not name:
        problems.add("name", "缺少名称", "it has no name")
    if body.get("grain") not in get_args(Grain):
        problems.add("grain", "没有说明每行是什么（grain）", "grain does not say what a row is")
        problems.raise_if_any()
    grain: Grain = cast("Grain", body["grain"])
    columns = _columns(body.get("columns"), grain, bool(body.get("no_header")), problems)
    options = _options(body, problems)
    value_maps = _value_maps(body.get("value_maps") or {}, columns, problems)
    _check_needed(grain, columns, options, problems)
    problems.raise_if_any()
    return Profile(
        code=code or f"mapping:{name}",
        label=Text(name, name),
        platform=_platform(body.get("platform")),
        grain=grain,
        columns=tuple(columns),
        value_maps=value_maps,
        options=options,
        quality=8,
        line_rank=20,
        is_mapping=True,
    )


def _platform(platform: Any) -> str:
    """Tills, own malls and the rest number their orders themselves: their namespace is the shop."""
    name = str(platform or "")
    return "" if name in ("own", "pos", "other", "") else ("taobao" if name == "tmall" else name)


def _columns(raw: Any, grain: Grain, no_header: bool, problems: _Problems) -> list[Column]:
    if not isinstance(raw, list) or not raw:
        problems.add("columns", "没有映射任何列", "no column is mapped")
        return []
    return [
        column
        for number, entry in enumerate(raw, 1)
        if (column := _column(number, entry, grain, no_header, problems)) is not None
    ]


def _column(
    number: int, entry: Any, grain: Grain, no_header: bool, problems: _Problems
) -> Column | None:
    if not isinstance(entry, Mapping):
        problems.add(str(number), f"第 {number} 项不是对象", f"entry {number} is not an object")
        return None
    key = str(entry.get("field") or "")
    header, index, constant = entry.get("header"), entry.get("index"), entry.get("constant")
    converter = entry.get("converter")
    label = str(header or key or number)
    field = field_of(grain, key)
    if field is None or key == ATTRIBUTE:
        problems.add(
            label,
            f"“{label}”映射到未知的字段“{key}”",
            f"“{label}” goes to an unknown field “{key}”",
        )
        return None
    sources = sum(source is not None for source in (header, index, constant)) + (
        converter == ROW_NUMBER
    )
    if sources != 1:
        problems.add(
            label,
            f"字段“{field.label.zh}”应恰有一个来源（列名、序号或固定值）",
            f"field “{field.label.en}” needs exactly one source: header, index or constant",
        )
        return None
    if no_header and header is not None:
        problems.add(
            label,
            f"文件没有表头，“{label}”应改用列序号",
            f"the file has no header; give “{label}” by index",
        )
    if index is not None and (not isinstance(index, int) or index < 0):
        problems.add(
            label,
            f"“{field.label.zh}”的列序号应为非负整数",
            f"the index of “{field.label.en}” must be 0 or more",
        )
        return None
    _check_converter(converter, field, label, problems)
    return Column(
        field=key,
        headers=(str(header),) if header is not None else (),
        required=constant is None and converter != ROW_NUMBER,
        converter=converter,
        format=entry.get("format"),
        index=index,
        constant=str(constant) if constant is not None else None,
    )


def _check_converter(converter: Any, field: Field, label: str, problems: _Problems) -> None:
    if converter is None:
        return
    if converter != ROW_NUMBER and converter not in CONVERTERS:
        problems.add(
            label,
            f"“{label}”用了未知的转换“{converter}”",
            f"“{label}” uses an unknown converter “{converter}”",
        )
    elif converter not in _COMPATIBLE.get(field.type, _AS_TEXT):
        problems.add(
            label,
            f"“{label}”的转换“{converter}”不适合字段“{field.label.zh}”",
            f"converter “{converter}” of “{label}” does not suit field “{field.label.en}”",
        )


def _options(body: Mapping[str, Any], problems: _Problems) -> Options:
    raw = body.get("options") or {}
    if not isinstance(raw, Mapping):
        problems.add("options", "选项应为对象", "options must be an object")
        raw = {}
    zone = raw.get("zone")
    if zone is not None:
        try:
            ZoneInfo(str(zone))
        except (ZoneInfoNotFoundError, ValueError):
            problems.add("zone", f"未知的时区“{zone}”", f"unknown time zone “{zone}”")
            zone = None
    negative = raw.get("negative_qty") or "reject"
    if negative not in ("reject", "return"):
        problems.add(
            "negative_qty", "负数量只能选 reject 或 return", "negative_qty is reject or return"
        )
        negative = "reject"
    status = raw.get("default_status")
    if status is not None and status not in STATUSES:
        problems.add(
            "default_status", f"未知的订单状态“{status}”", f"unknown order status “{status}”"
        )
        status = None
    made = raw.get("trade_id_from") or None
    header_row = body.get("header_row")
    if header_row is not None and (not isinstance(header_row, int) or header_row < 1):
        problems.add("header_row", "表头行号应从 1 开始", "header_row counts from 1")
        header_row = None
    return Options(
        trade_id_from=tuple(str(name) for name in made) if made else None,
        negative_qty="return" if negative == "return" else "reject",
        default_status=status,
        rest_as_attributes=bool(raw.get("rest_as_attributes")),
        day_first=raw.get("day_first"),
        zone=str(zone) if zone else None,
        currency=raw.get("currency"),
        no_header=bool(body.get("no_header")),
        header_row=header_row,
        delimiter=body.get("delimiter") or None,
        loose_ids=True,
    )


def _value_maps(
    raw: Any, columns: Sequence[Column], problems: _Problems
) -> dict[str, dict[str, str]]:
    mapped = {column.field for column in columns}
    found: dict[str, dict[str, str]] = {}
    for field, words in raw.items() if isinstance(raw, Mapping) else ():
        if field not in mapped:
            problems.add(
                field,
                f"取值对照的字段“{field}”没有映射",
                f"value map of “{field}”, which is not mapped",
            )
            continue
        found[field] = {str(word): str(ours) for word, ours in words.items()}
        if field in ("status", "line.status"):
            for ours in found[field].values():
                if ours and ours != CLOSED and trade_status(ours) is None:
                    problems.add(field, f"“{ours}”不是订单状态", f"“{ours}” is no order status")
    return found


def _check_needed(
    grain: Grain, columns: Sequence[Column], options: Options, problems: _Problems
) -> None:
    mapped = {column.field for column in columns}
    labels = fields_of(grain)
    needed = list(_NEEDED[grain])
    if grain in ("trade", "line"):
        if options.trade_id_from is None:
            needed.insert(0, ("trade_id",))
        for name in options.trade_id_from or ():
            if name not in mapped:
                problems.add(
                    name,
                    f"用来生成订单号的字段“{name}”没有映射",
                    f"“{name}”, of which ids are made, is not mapped",
                )
    for group in needed:
        if not mapped.intersection(group):
            zh = "、".join(labels[name].label.zh for name in group if name in labels)
            en = ", ".join(labels[name].label.en for name in group if name in labels)
            problems.add(
                group[0], f"缺少字段（至少一个）：{zh}", f"at least one field is needed of: {en}"
            )


def suggest(header: Sequence[str], grain: Grain) -> list[dict[str, Any]]:
    """Columns whose header is an alias of a field of this grain, as ``columns`` of a mapping.

    A field is suggested once, for the first header that fits; the platforms' own profiles teach
    further aliases.
    """
    aliases: dict[str, str] = {}
    for key, field in fields_of(grain).items():
        for alias in field.aliases:
            aliases.setdefault(same_header(alias), key)
    for profile in PROFILES.values():
        if profile.grain == grain:
            for column in profile.columns:
                for alias in column.headers:
                    aliases.setdefault(same_header(alias), column.field)
    taken: set[str] = set()
    found: list[dict[str, Any]] = []
    for name in header:
        known = aliases.get(same_header(name)) if name else None
        if known and known not in taken and field_of(grain, known) is not None:
            taken.add(known)
            found.append({"field": known, "header": name})
    return found


def suggested_mapping(header: Sequence[str], name: str = "") -> dict[str, Any]:
    """A mapping to start from: the grain under which most columns are understood."""
    order: tuple[Grain, ...] = ("line", "trade", "profile", "review", "item", "refund", "visit")
    by_grain = {grain: suggest(header, grain) for grain in order}
    grain = max(order, key=lambda g: len(by_grain[g]))
    if grain == "line" and not any(c["field"].startswith("line.") for c in by_grain["line"]):
        grain = "trade"
    return {
        "version": VERSION,
        "name": name,
        "platform": "other",
        "grain": grain,
        "header_row": None,
        "columns": by_grain[grain],
        "value_maps": {},
        "options": {"trade_id_from": None, "negative_qty": "reject"},
    }


@cache
def examples() -> dict[str, dict[str, Any]]:
    """The ready mappings that come with the program, by file name without ``.json``."""
    folder = resources.files("huitou.intake").joinpath("mappings")
    return {
        entry.name.removesuffix(".json"): json.loads(entry.read_text(encoding="utf-8"))
        for entry in sorted(folder.iterdir(), key=lambda e: e.name)
        if entry.name.endswith(".json")
    }
