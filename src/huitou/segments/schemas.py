"""Shapes of this part's answers. Ids are strings, a rule is a rule document, days are the brand's."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from ninja import Field, Schema

from huitou.accounts.paging import LARGEST, PageOut
from huitou.accounts.schemas import ErrorBody
from huitou.members.schemas import MemberRow

Document = dict[str, Any]
SegmentKind = Literal["dynamic", "static", "list"]


class Labelled(Schema):
    code: str
    label: str


class Choice(Schema):
    value: str
    label: str


class ReadyAttribute(Schema):
    code: str
    group: str
    label: str
    help: str
    type: str
    unit: str
    operators: list[str]
    windowed: bool
    default_window: dict[str, Any] | None
    choices: list[Choice] | None
    searchable: bool
    has_data: bool
    keywords: list[str]


class Measure(Schema):
    code: str
    label: str
    help: str
    type: str
    unit: str
    operators: list[str]


class FactField(Schema):
    code: str
    label: str
    type: str
    unit: str
    operators: list[str]
    choices: list[Choice] | None
    searchable: bool


class Fact(Schema):
    code: str
    kind: Literal["trades", "events"]
    label: str
    bases: list[Labelled]
    measures: list[Measure]
    fields: list[FactField]
    has_data: bool


class Operator(Schema):
    code: str
    label: str
    arity: Literal["none", "one", "two", "many", "window"]


class WindowKind(Schema):
    kind: str
    label: str
    units: list[str]


class Grid(Schema):
    code: str
    label: str
    help: str
    cells: list[Labelled]


class Template(Schema):
    code: str
    label: str
    help: str
    rule: Document


class Limits(Schema):
    nodes: int
    depth: int
    values: int


class Catalogue(Schema):
    groups: list[Labelled]
    attributes: list[ReadyAttribute]
    facts: list[Fact]
    operators: list[Operator]
    windows: list[WindowKind]
    festivals: list[Labelled]
    grids: list[Grid]
    templates: list[Template]
    limits: Limits


class Value(Schema):
    value: str
    label: str
    count: int | None


class Values(Schema):
    items: list[Value]


class RuleIn(Schema):
    """A rule, asked at the end of the brand's day ``as_of`` (today where it is not given)."""

    rule: Document
    as_of: date | None = None
    shops: str | None = None  # comma separated; only facts of these shops


class NodeCount(Schema):
    path: str
    count: int
    share: float
    sentence: str
    remaining: int  # of its group, after this one and those before it


class Counted(Schema):
    count: int
    universe: int
    share: float
    as_of: date
    sentence: str
    nodes: list[NodeCount]
    took_ms: float


class NodeSentence(Schema):
    path: str
    sentence: str


class Described(Schema):
    sentence: str
    nodes: list[NodeSentence]


class PreviewIn(RuleIn):
    page: int = Field(1, ge=1, le=1_000_000)
    size: int = Field(50, ge=1, le=LARGEST)
    sort: str = "-last_paid_at"

    @property
    def offset(self) -> int:
        return (self.page - 1) * self.size


class MembersOfRule(PageOut):
    items: list[MemberRow]


class ExplainIn(Schema):
    """A rule or a saved segment, of one member."""

    rule: Document | None = None
    segment: int | None = None
    member: int
    as_of: date | None = None


class ExplainedNode(Schema):
    path: str
    kind: str
    sentence: str
    holds: bool
    value: str | None
    children: list[ExplainedNode]


class Explained(Schema):
    member: str
    inside: bool = Field(alias="in")
    tree: ExplainedNode


class Segment(Schema):
    id: str
    name: str
    description: str
    folder: str
    kind: SegmentKind
    size: int | None
    share: float
    entered: int  # on the day of the last refresh
    left: int
    refreshed_at: datetime | None
    as_of: date | None
    state: Literal["fresh", "refreshing", "stale", "failed"]
    error: ErrorBody | None
    owner: str
    created_at: datetime
    updated_at: datetime
    archived: bool
    sentence: str
    uses: int


class SegmentDetail(Segment):
    rule: Document | None
    nodes: list[NodeSentence]


class Segments(PageOut):
    items: list[Segment]
    folders: list[str]


class SegmentIn(Schema):
    name: str
    description: str = ""
    folder: str = ""
    kind: Literal["dynamic", "static"] = "dynamic"
    rule: Document


class SegmentPatch(Schema):
    name: str | None = None
    description: str | None = None
    folder: str | None = None
    rule: Document | None = None
    archived: bool | None = None


class HistoryDay(Schema):
    day: date
    size: int
    entered: int
    left: int


class History(Schema):
    items: list[HistoryDay]


class ChangedRow(MemberRow):
    changed_at: datetime


class Changes(PageOut):
    items: list[ChangedRow]


class Use(Schema):
    kind: str
    id: str
    name: str
    url: str


class Uses(Schema):
    items: list[Use]


class SnapshotIn(Schema):
    name: str


class Uploaded(Schema):
    segment: Segment
    rows: int
    matched: int
    unmatched: int
    ambiguous: int


class CombineIn(Schema):
    operator: Literal["union", "intersection", "difference"]
    segments: list[int] = Field(min_length=2, max_length=50)


class Combined(Schema):
    count: int
    rule: Document


class CompareIn(Schema):
    a: int
    b: int


class ComparedMeasure(Schema):
    code: str
    label: str
    unit: str
    a: float | None
    b: float | None
    both: float | None


class ComparedRules(Schema):
    a_only: Document
    both: Document
    b_only: Document


class Compared(Schema):
    a_only: int
    both: int
    b_only: int
    a: int
    b: int
    rules: ComparedRules
    measures: list[ComparedMeasure]


class OverlapIn(Schema):
    segments: list[int] = Field(min_length=1, max_length=12)


class OverlapSegment(Schema):
    id: str
    name: str
    size: int


class Overlap(Schema):
    segments: list[OverlapSegment]
    cells: list[list[int]]


class LabelledRule(Schema):
    label: str = ""
    rule: Document


class CellsIn(Schema):
    rows: list[LabelledRule] = Field(min_length=1, max_length=50)
    columns: list[LabelledRule] = Field(min_length=1, max_length=50)


class Cell(Schema):
    row: int
    column: int
    count: int
    rule: Document


class Cells(Schema):
    cells: list[Cell]
    union: Combined


class ExportPeopleIn(Schema):
    rule: Document | None = None
    segment: int | None = None
    as_of: date | None = None
    columns: list[str] | None = None
    format: Literal["csv", "xlsx"] = "csv"
    plain: bool = False  # personal values unmasked; needs members.reveal and a reason
    reason: str = ""


class OfMember(Schema):
    id: str
    name: str
    since: datetime | None


class SegmentsOfMember(Schema):
    items: list[OfMember]
