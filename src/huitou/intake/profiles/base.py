"""What a file profile is: data that says which columns a report has and what they mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from huitou.kernel.i18n import Text

Grain = Literal["trade", "line", "refund", "profile", "item", "review", "visit", "parcel", "trace"]

PRODUCES: Final[dict[Grain, tuple[str, ...]]] = {
    "trade": ("trades",),
    "line": ("trades", "lines"),
    "refund": ("refunds",),
    "profile": ("profiles", "profile_attributes"),
    "item": ("items",),
    "review": ("reviews",),
    "visit": ("visits",),
    "parcel": ("parcels",),
    "trace": ("parcel_events",),
}


def names(text: str) -> tuple[str, ...]:
    """Headers written one after the other; only for those without blanks."""
    return tuple(text.split())


@dataclass(frozen=True)
class Column:
    """One canonical field and where its values come from.

    ``field``: a key of ``intake.fields`` (``trade_id``, ``line.qty``, ``attribute:职业`` …).
    ``headers``: the names it goes by, usual one first; the first one the file has is taken.
    ``index``: a 0-based position instead, for files without a header. ``constant``: a value for all rows.
    ``converter``: a name of ``converters.CONVERTERS`` where the field's own type is not the right one.
    ``format``: strptime pattern or unit that the converter understands.
    """

    field: str
    headers: tuple[str, ...] = ()
    required: bool = False
    converter: str | None = None
    format: str | None = None
    index: int | None = None
    constant: str | None = None


@dataclass(frozen=True)
class Options:
    """How unusual files are read.

    ``trade_id_from``: fields whose values, hashed with the ordinal of identical rows, stand for an
    order number the file lacks. ``negative_qty``: ``return`` takes a negative quantity as goods
    coming back (money too), ``reject`` refuses the row. ``totals``: for reports with a row per line,
    how a trade's amounts come about: ``sum`` of the rows or ``once``, repeated on every row.
    ``paid_when_missing_status``: the status of rows in a file that has no status column but a payment
    time. ``rest_as_attributes``: columns nobody claims become attributes of the item or person.
    ``joined_lines``: a row may hold several lines, joined by ``;`` (see ``joined``).
    ``also_by_title``: a catalogue's goods are also entered under their titles, because reports of the
    same platform name them by nothing else.
    ``zone``: the zone of the file's times, the brand's when None.
    """

    trade_id_from: tuple[str, ...] | None = None
    negative_qty: Literal["reject", "return"] = "reject"
    totals: Mapping[str, Literal["sum", "once"]] = field(default_factory=dict)
    default_status: str | None = None
    rest_as_attributes: bool = False
    day_first: bool | None = None
    zone: str | None = None
    currency: str | None = None
    no_header: bool = False
    header_row: int | None = None
    delimiter: str | None = None
    loose_ids: bool = False
    joined_lines: bool = False
    also_by_title: bool = False
    source: str | None = None


@dataclass(frozen=True)
class Profile:
    """A report of a platform, or a mapping that a person drew.

    ``platform``: the ``source`` of its records, "" for the shop's own code (tills, own malls).
    ``signature``: groups of headers of which one each should be there; they make the report known.
    ``others``: headers the report also has and nothing is taken from. ``foreign``: headers that tell
    it is another report. ``quality``: 0–15, how much this source is believed when two versions are
    of equal age. ``line_rank``: how good its lines are; a trade keeps the lines of the best source.
    ``stubs``: its trades are only a frame for lines and never override a real trade.
    """

    code: str
    label: Text
    platform: str
    grain: Grain
    columns: tuple[Column, ...]
    signature: tuple[tuple[str, ...], ...] = ()
    others: tuple[str, ...] = ()
    foreign: tuple[str, ...] = ()
    value_maps: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    options: Options = field(default_factory=Options)
    quality: int = 8
    line_rank: int = 10
    stubs: bool = False
    is_mapping: bool = False
    produces: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.produces:
            produces = PRODUCES[self.grain]
            names = {column.field for column in self.columns}
            if self.grain == "trade" and any(name.startswith("line.") for name in names):
                produces = (*produces, "lines")
            if self.grain in ("trade", "line") and any(n.startswith("parcel.") for n in names):
                produces = (*produces, "parcels")
            if self.grain in ("trade", "line") and self.options.negative_qty == "return":
                produces = (*produces, "refunds")
            object.__setattr__(self, "produces", produces)

    @property
    def required(self) -> tuple[Column, ...]:
        return tuple(column for column in self.columns if column.required)
