"""What a catalogue entry is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from huitou.kernel.i18n import Text
from huitou.segments.facts import Values, View
from huitou.segments.grids import GridSettings
from huitou.segments.nodes import FactSubject, GridSubject
from huitou.segments.operators import ValueType
from huitou.segments.windows import Window

__all__ = ["GROUPS", "Attribute", "Cut", "Source", "Timed", "Values"]

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
class Timed:
    """A source that takes a window: ``of(view, window)``."""

    of: Callable[[View, Window], Values]


@dataclass(frozen=True)
class Cut:
    """A source that depends on where the brand cuts its grids: ``of(view, grids)``."""

    of: Callable[[View, GridSettings], Values]


Source = FactSubject | GridSubject | Timed | Cut | Callable[[View], Values]


@dataclass(frozen=True)
class Attribute:
    """A ready attribute.

    ``source``: a measure over facts, the cell of a grid, or a function for everything else. ``total``:
    the column of ``member_totals`` that holds the same value as a lifetime measure. ``window``: the one
    it has unless the rule names another; None where it has no window. ``choices`` is a fixed pick-list,
    ``pick`` names where a searched one comes from (``pick.py``); ``data`` the table that must hold
    rows for the attribute to say anything. ``otherwise``: the value of everybody whom a function gives
    no row, as a measure's ``zero``; flags have False. ``is_global``: a member's value depends on others.
    """

    code: str
    group: str
    label: Text
    type: ValueType
    source: Source
    help: Text = Text("", "")
    unit: str = ""
    total: str = ""
    window: Window | None = None
    choices: Mapping[str, Text] | None = None
    pick: str = ""
    is_path: bool = False
    data: str = "trade"
    keywords: tuple[str, ...] = ()
    otherwise: int | None = None
    is_global: bool = False

    @property
    def is_windowed(self) -> bool:
        return self.window is not None

    @property
    def is_always_known(self) -> bool:
        """Whether everybody has a value (counts, sums, sets), so that "unknown" makes no sense."""
        return self.type == "set" or self.zero is not None

    @property
    def zero(self) -> int | None:
        from huitou.segments.registry import FACTS

        if isinstance(self.source, FactSubject):
            return FACTS[self.source.fact].measures[self.source.measure].zero
        return self.otherwise
