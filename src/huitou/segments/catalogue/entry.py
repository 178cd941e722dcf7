"""What a catalogue entry is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import ibis

from huitou.kernel.i18n import Text
from huitou.segments.facts import View
from huitou.segments.nodes import FactSubject
from huitou.segments.operators import ValueType
from huitou.segments.windows import Window

GROUPS: Final[dict[str, Text]] = {
    "who": Text("他们是谁", "Who they are"),
    "how": Text("怎么买", "How they buy"),
    "what": Text("买什么", "What they buy"),
    "when": Text("什么时候", "When"),
    "where": Text("在哪里", "Where"),
    "price": Text("价格与促销", "Price and promotion"),
    "service": Text("服务与退款", "Service and refunds"),
    "reviews": Text("评价", "Reviews"),
    "visits": Text("访问与加购", "Visits and carts"),
    "reached": Text("触达与响应", "Reached and responded"),
    "loyalty": Text("会员权益", "Loyalty"),
    "stores": Text("门店与导购", "Stores and guides"),
}


@dataclass(frozen=True)
class Values:
    """A value per member as an expression.

    ``table``: (member, value), one row per member whose value is known; for a set one row per member and
    element; for a birthday (member, month, day, lunar). ``zero``: the value of members without a row:
    0 for counts and sums, None where it is not known.
    """

    table: ibis.Table
    zero: int | None = None


@dataclass(frozen=True)
class Attribute:
    """A ready attribute.

    ``source``: a measure over facts, or a function of the view for everything else. ``total``: the
    column of ``member_totals`` that holds the same value as a lifetime measure. ``window``: the one it
    has unless the rule names another; None where it has no window. ``choices`` is a fixed pick-list,
    ``pick`` names where a searched one comes from (``pick.py``); ``data`` the table that must hold
    rows for the attribute to say anything.
    """

    code: str
    group: str
    label: Text
    type: ValueType
    source: FactSubject | Callable[[View], Values]
    help: Text = Text("", "")
    unit: str = ""
    total: str = ""
    window: Window | None = None
    choices: Mapping[str, Text] | None = None
    pick: str = ""
    is_path: bool = False
    data: str = "trade"
    keywords: tuple[str, ...] = ()

    @property
    def is_windowed(self) -> bool:
        return self.window is not None

    @property
    def is_always_known(self) -> bool:
        """Whether everybody has a value (counts, sums, sets), so that "unknown" makes no sense."""
        if self.type == "set":
            return True
        return isinstance(self.source, FactSubject) and self.zero is not None

    @property
    def zero(self) -> int | None:
        from huitou.segments.registry import FACTS

        if isinstance(self.source, FactSubject):
            return FACTS[self.source.fact].measures[self.source.measure].zero
        return None
