"""Windows of time: relative to the moment of the question, to a festival, or to a member's own life.

Days, weeks, months and years are calendar units of the brand's zone, and today is one of the last N
days: "last 1 day" is today, "last 30 days" today and the 29 days before it. Weeks begin on Monday.
Minutes and hours are exact spans before the moment. Nothing is rounded.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final, Literal

from huitou.kernel.clock import naive_utc
from huitou.kernel.festivals import FESTIVALS, festival_day
from huitou.kernel.i18n import Text
from huitou.segments.moments import Moment
from huitou.segments.wrong import Wrong

Unit = Literal["minute", "hour", "day", "week", "month", "quarter", "year"]
UNITS: Final[dict[str, Text]] = {
    "minute": Text("分钟", "minutes"),
    "hour": Text("小时", "hours"),
    "day": Text("天", "days"),
    "week": Text("周", "weeks"),
    "month": Text("个月", "months"),
    "quarter": Text("个季度", "quarters"),
    "year": Text("年", "years"),
}
_THIS: Final[dict[str, Text]] = {
    "day": Text("今天", "today"),
    "week": Text("本周", "this week"),
    "month": Text("本月", "this month"),
    "quarter": Text("本季度", "this quarter"),
    "year": Text("今年", "this year"),
}
_PREVIOUS: Final[dict[str, Text]] = {
    "day": Text("昨天", "yesterday"),
    "week": Text("上周", "last week"),
    "month": Text("上月", "last month"),
    "quarter": Text("上季度", "last quarter"),
    "year": Text("去年", "last year"),
}
SPANS: Final = frozenset({"minute", "hour"})
MOST: Final[dict[str, int]] = {
    "minute": 1_000_000, "hour": 100_000, "day": 36_500, "week": 5_000,
    "month": 1_200, "quarter": 400, "year": 100,
}  # fmt: skip
KINDS: Final[dict[str, Text]] = {
    "ever": Text("任何时候", "ever"),
    "last": Text("最近一段时间", "in the last …"),
    "next": Text("未来一段时间", "in the next …"),
    "between_ago": Text("多久之前到多久之前", "between … and … ago"),
    "this": Text("本期", "this …"),
    "previous": Text("上一期", "the previous …"),
    "dates": Text("起止日期", "between two dates"),
    "since": Text("自某个节日以来", "since a festival"),
    "around": Text("某个节日前后", "around a festival"),
    "before_first": Text("首次购买之前", "before the first purchase"),
    "after_first": Text("首次购买之后一段时间", "after the first purchase"),
    "after_last": Text("最近一次购买之后", "after the last purchase"),
}
OWN: Final = frozenset({"before_first", "after_first", "after_last"})
"""Windows that begin or end with a member's own purchases."""


@dataclass(frozen=True)
class Window:
    """One window. Which fields count depends on ``kind``:

    ever, before_first, after_last: none · last, next: n, unit · after_first: n, unit (days to years) ·
    between_ago: n (further back), m (nearer), unit · this, previous: unit · dates: start, end (either
    may be open) · since, around: festival, year (0 = of this year, −1 = last year's …); around: n days
    before, m days after.
    """

    kind: str = "ever"
    n: int = 0
    m: int = 0
    unit: str = "day"
    start: date | None = None
    end: date | None = None
    festival: str = ""
    year: int = 0

    @property
    def is_own(self) -> bool:
        return self.kind in OWN

    @property
    def is_exact(self) -> bool:
        """Whether it moves with every second instead of every day."""
        return self.kind in {"last", "between_ago"} and self.unit in SPANS

    def days(self, moment: Moment) -> tuple[date | None, date | None]:
        """First and last brand day, both included; None leaves a side open. Not for exact or own ones."""
        today = moment.day
        if self.kind == "last":
            return _back(today, self.n - 1 if self.unit == "day" else self.n, self.unit), today
        if self.kind == "next":
            return today, _forward(today, self.n, self.unit)
        if self.kind == "between_ago":
            return _back_days(today, self.n, self.unit), _back_days(today, self.m, self.unit)
        if self.kind == "this":
            return _first_of(today, self.unit), today
        if self.kind == "previous":
            first = _first_of(today, self.unit)
            return _first_of(first - timedelta(days=1), self.unit), first - timedelta(days=1)
        if self.kind == "dates":
            return self.start, self.end
        if self.kind == "since":
            return self._festival(moment), today
        if self.kind == "around":
            centre = self._festival(moment)
            return centre - timedelta(days=self.n), centre + timedelta(days=self.m)
        return None, None

    def instants(self, moment: Moment) -> tuple[datetime | None, datetime]:
        """[first, end) as naive UTC; the end is never later than the moment itself."""
        if self.is_exact:
            size = timedelta(minutes=1) if self.unit == "minute" else timedelta(hours=1)
            start, end = moment.at - self.n * size, moment.at
            if self.kind == "between_ago":
                end = moment.at - self.m * size
            return naive_utc(start), naive_utc(end)
        first, last = self.days(moment)
        end_at = moment.cut
        if last is not None:
            end_at = min(end_at, moment.start_of(last + timedelta(days=1)))
        return (None if first is None else moment.start_of(first)), end_at

    def _festival(self, moment: Moment) -> date:
        return festival_day(self.festival, moment.day.year + self.year)

    def as_json(self) -> dict[str, Any]:
        """The window as the rule document holds it."""
        found: dict[str, Any] = {"kind": self.kind}
        for name in _FIELDS[self.kind]:
            value = getattr(self, name)
            if value is not None:
                found[name] = value.isoformat() if isinstance(value, date) else value
        return found

    def sentence(self) -> Text:
        """The window as part of a sentence; empty for ``ever``."""
        unit = UNITS.get(self.unit, Text("", ""))
        amount = Text(f" {self.n} {unit.zh}", f"{self.n} {_plural(unit.en, self.n)}")
        match self.kind:
            case "last":
                return Text(f"最近{amount.zh}", f"in the last {amount.en}")
            case "next":
                return Text(f"未来{amount.zh}", f"in the next {amount.en}")
            case "between_ago":
                return Text(
                    f"{self.n} 至 {self.m} {unit.zh}前",
                    f"between {self.n} and {self.m} {_plural(unit.en, self.m)} ago",
                )
            case "this":
                return _THIS[self.unit]
            case "previous":
                return _PREVIOUS[self.unit]
            case "dates":
                return _dates(self.start, self.end)
            case "since" | "around":
                return self._festival_sentence()
            case "before_first":
                return Text("首次购买之前", "before the first purchase")
            case "after_first":
                return Text(f"首次购买后{amount.zh}内", f"within {amount.en} of the first purchase")
            case "after_last":
                return Text("最近一次购买之后", "after the last purchase")
        return Text("", "")

    def _festival_sentence(self) -> Text:
        name = FESTIVALS[self.festival].label
        year = {0: Text("今年", "this year's"), -1: Text("去年", "last year's")}.get(
            self.year, Text(f"{-self.year} 年前的", f"{-self.year} years ago's")
        )
        if self.kind == "since":
            return Text(f"自{year.zh}{name.zh}以来", f"since {year.en} {name.en}")
        return Text(
            f"{year.zh}{name.zh}前 {self.n} 天至后 {self.m} 天",
            f"from {self.n} days before to {self.m} days after {year.en} {name.en}",
        )


EVER: Final = Window()
_FIELDS: Final[dict[str, tuple[str, ...]]] = {
    "ever": (),
    "last": ("n", "unit"),
    "next": ("n", "unit"),
    "between_ago": ("n", "m", "unit"),
    "this": ("unit",),
    "previous": ("unit",),
    "dates": ("start", "end"),
    "since": ("festival", "year"),
    "around": ("festival", "year", "n", "m"),
    "before_first": (),
    "after_first": ("n", "unit"),
    "after_last": (),
}
UNITS_OF: Final[dict[str, tuple[str, ...]]] = {
    "last": tuple(UNITS),
    "between_ago": tuple(UNITS),
    "next": ("day", "week", "month", "year"),
    "after_first": ("day", "week", "month", "year"),
    "this": tuple(_THIS),
    "previous": tuple(_PREVIOUS),
}


def parse_window(found: Any, path: str) -> Window:
    """A window out of a rule document. Raises ``Wrong`` that names the place."""
    if found is None:
        return EVER
    if not isinstance(found, Mapping) or found.get("kind") not in KINDS:
        raise Wrong(
            path,
            Text("不认识的时间段", "There is no such window of time"),
            Text(f"kind 用其中之一：{'、'.join(KINDS)}", f"kind is one of: {', '.join(KINDS)}"),
        )
    kind = str(found["kind"])
    extra = set(found) - {"kind", *_FIELDS[kind]}
    if extra:
        raise Wrong(
            path,
            Text(f"时间段 {kind} 没有 {min(extra)}", f"A window {kind} has no {min(extra)}"),
            Text("去掉它", "Leave it out"),
        )
    values: dict[str, Any] = {}
    unit = found.get("unit", "day")
    if kind in UNITS_OF:
        if unit not in UNITS_OF[kind]:
            raise Wrong(
                path,
                Text(f"时间单位 {unit} 不能用在这里", f"The unit {unit} cannot be used here"),
                Text(f"可用：{'、'.join(UNITS_OF[kind])}", f"Use: {', '.join(UNITS_OF[kind])}"),
            )
        values["unit"] = unit
    for name in ("n", "m"):
        if name in _FIELDS[kind]:
            least = 1 if name == "n" and kind in {"last", "next", "after_first"} else 0
            values[name] = _whole(found.get(name), least, MOST[str(unit)], f"{path}/{name}")
    if kind == "between_ago" and values["n"] < values["m"]:
        values["n"], values["m"] = values["m"], values["n"]
    if kind == "dates":
        values |= _parse_dates(found, path)
    if kind in {"since", "around"}:
        if found.get("festival") not in FESTIVALS:
            raise Wrong(
                path,
                Text("不认识的节日", "There is no such festival"),
                Text(f"可用：{'、'.join(FESTIVALS)}", f"Use one of: {', '.join(FESTIVALS)}"),
            )
        values["festival"] = found["festival"]
        values["year"] = _whole(found.get("year", 0), -20, 1, f"{path}/year")
    return Window(kind, **values)


def _parse_dates(found: Mapping[str, Any], path: str) -> dict[str, date | None]:
    values: dict[str, date | None] = {}
    for name in ("start", "end"):
        text = found.get(name)
        try:
            values[name] = None if text in (None, "") else date.fromisoformat(str(text))
        except ValueError:
            raise Wrong(
                f"{path}/{name}",
                Text(f"{text!r} 不是日期", f"{text!r} is no date"),
                Text("写成 2026-11-22", "Write it as 2026-11-22"),
            ) from None
    first, last = values["start"], values["end"]
    if (first is None and last is None) or (first and last and first > last):
        raise Wrong(
            path,
            Text("起止日期没有或颠倒了", "The dates are missing or the wrong way round"),
            Text("至少给出一个日期，先早后晚", "Give at least one date, the earlier first"),
        )
    return values


def _whole(value: Any, least: int, most: int, path: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise Wrong(
            path,
            Text(
                f"{value!r} 不是 {least} 到 {most} 的整数",
                f"{value!r} is no whole number from {least} to {most}",
            ),
            Text("改成这个范围内的整数", "Use a whole number in this range"),
        )
    return value


def _back(today: date, n: int, unit: str) -> date:
    """The first of the last n units that end today (n days already counts today)."""
    if unit == "day":
        return today - timedelta(days=n)
    return _back_days(today, n, unit) + timedelta(days=1)


def _back_days(today: date, n: int, unit: str) -> date:
    if unit == "day":
        return today - timedelta(days=n)
    if unit == "week":
        return today - timedelta(weeks=n)
    return _months_away(today, -n * {"month": 1, "quarter": 3, "year": 12}[unit])


def _forward(today: date, n: int, unit: str) -> date:
    if unit == "day":
        return today + timedelta(days=n)
    if unit == "week":
        return today + timedelta(weeks=n)
    return _months_away(today, n * {"month": 1, "quarter": 3, "year": 12}[unit])


def later(day: date, n: int, unit: str) -> date:
    """The day n units after a day; the last of the month where the day does not exist."""
    return _forward(day, n, unit)


def _months_away(day: date, months: int) -> date:
    index = day.year * 12 + day.month - 1 + months
    year, month = max(1, index // 12), index % 12 + 1
    following = date(year + month // 12, month % 12 + 1, 1)
    return date(year, month, min(day.day, (following - timedelta(days=1)).day))


def _first_of(day: date, unit: str) -> date:
    if unit == "week":
        return day - timedelta(days=day.weekday())
    if unit == "month":
        return day.replace(day=1)
    if unit == "quarter":
        return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
    return day.replace(month=1, day=1) if unit == "year" else day


def _dates(first: date | None, last: date | None) -> Text:
    if first is None:
        return Text(f"{last} 及以前", f"up to {last}")
    if last is None:
        return Text(f"{first} 及以后", f"from {first} on")
    if first == last:
        return Text(f"{first} 当天", f"on {first}")
    return Text(f"{first} 至 {last}", f"between {first} and {last}")


def _plural(unit: str, n: int) -> str:
    return unit.removesuffix("s") if n == 1 else unit
