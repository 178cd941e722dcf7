"""Shapes of this part's answers. Ids are strings, amounts decimal strings, instants ISO 8601."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from ninja import Schema

from huitou.accounts.paging import PageOut
from huitou.members.lookup import SearchBy

Figure = Literal["buyers", "new_buyers", "returning_buyers", "repeat_buyers", "members"]
RevealField = Literal["nick", "name", "phone", "email", "address", "receiver"]


class MemberRow(Schema):
    member: str
    display_name: str  # masked, as every personal value below
    nick: str | None
    phone: str | None
    accounts: int
    platforms: list[str]
    gender: str | None
    province: str | None
    city: str | None
    city_tier: int | None  # 1 一线, 2 新一线, 3 二线, 4 三线, 5 四线及以下
    paid_trades: int
    paid_amount: str
    net_amount: str
    average_order_value: str | None
    first_paid_at: datetime | None
    last_paid_at: datetime | None
    refund_trades: int
    unpaid_trades: int
    first_shop_name: str | None
    level: str | None


class MembersPage(PageOut):
    items: list[MemberRow]


class MemberQuery(Schema):
    """The filter of the list; ``shops`` is comma separated."""

    q: str = ""
    search_by: SearchBy = "auto"
    sort: str = "-last_paid_at"
    shops: str | None = None
    province: str | None = None
    min_trades: int | None = None
    max_trades: int | None = None
    min_paid: Decimal | None = None
    max_paid: Decimal | None = None
    last_paid_after: datetime | None = None
    last_paid_before: datetime | None = None
    has_phone: bool | None = None
    gender: Literal["f", "m"] | None = None
    state: Literal["all", "buyers", "prospects"] = "all"
    # The members that a figure of the overview counted in the days figure_start … figure_end.
    figure: Figure | None = None
    figure_start: date | None = None
    figure_end: date | None = None
    figure_as_of: date | None = None
    figure_province: str | None = None


class Column(Schema):
    key: str
    label: str
    kind: str
    default: bool


class ExportIn(MemberQuery):
    columns: list[str]
    format: Literal["csv", "xlsx"] = "csv"
    plain: bool = False  # personal values unmasked; needs members.reveal and a reason
    reason: str = ""


class Total(Schema):
    key: str
    label: str
    value: str | None
    unit: str


class Why(Schema):
    text: str
    evidence: str | None
    at: datetime | None


class Account(Schema):
    key: str
    kind: str
    kind_label: str
    scope: str
    platform: str | None
    shop_name: str | None
    display: str
    strength: str
    contested: bool
    first_seen_at: datetime | None
    trades: int
    why: list[Why]


class Attribute(Schema):
    name: str
    value: str


class Contacts(Schema):
    phones: list[str]
    emails: list[str]
    addresses: list[str]


class MemberDetail(Schema):
    row: MemberRow
    birthday: str | None
    birth_lunar: bool
    joined_at: datetime | None
    first_seen_at: datetime | None
    source_label: str | None
    merged_from: list[str]
    totals: list[Total]
    accounts: list[Account]
    attributes: list[Attribute]
    contacts: Contacts
    can_reveal: bool
    suggestions: int


class TimelineItem(Schema):
    at: datetime
    kind: Literal[
        "trade",
        "payment",
        "shipment",
        "parcel",
        "refund",
        "review",
        "visit",
        "identity",
        "import",
    ]
    title: str
    text: str | None
    amount: str | None
    shop_name: str | None
    subject: str | None
    url: str | None = None


class Timeline(Schema):
    items: list[TimelineItem]
    next_before: str | None


class Line(Schema):
    title: str
    sku: str | None
    qty: str
    price: str | None
    line_amount: str | None
    paid_amount: str | None
    refund_state: str | None
    refund_state_label: str | None
    refunded_amount: str | None


class ParcelEvent(Schema):
    at: datetime
    state_label: str | None
    text: str | None
    place: str | None


class Parcel(Schema):
    carrier: str | None
    waybill: str
    state: str | None
    state_label: str | None
    trouble: str | None
    events: list[ParcelEvent]


class Review(Schema):
    id: str
    trade_id: str | None
    shop_name: str | None
    item_title: str | None
    rating: str | None
    rating_label: str | None
    stars: int | None
    text: str | None
    append_text: str | None
    reply_text: str | None
    image_count: int | None
    created_at: datetime | None


class Trade(Schema):
    trade: str
    trade_id: str
    shop_name: str | None
    platform: str | None
    status: str
    status_label: str
    created_at: datetime | None
    paid_at: datetime | None
    finished_at: datetime | None
    goods_amount: str | None
    discount_amount: str | None
    postage_amount: str | None
    paid_amount: str | None
    refunded_amount: str | None
    units: str | None
    receiver: str | None
    region: str | None
    lines: list[Line]
    parcels: list[Parcel]
    reviews: list[Review]


class Trades(PageOut):
    items: list[Trade]


class Reviews(Schema):
    items: list[Review]


class Parcels(Schema):
    items: list[Parcel]


class RevealIn(Schema):
    fields: list[RevealField]
    trade: str | None = None
    reason: str


class RevealOut(Schema):
    values: dict[str, list[str]]


class Reason(Schema):
    kind: str
    label: str
    sentence: str


class Suggestion(Schema):
    id: str
    kind: Literal["suggestion", "conflict"]
    score: float
    reasons: list[Reason]
    members: list[MemberRow]
    state: Literal["open", "merged", "dismissed"]
    created_at: datetime
    decided_by: str | None
    decided_at: datetime | None


class Suggestions(PageOut):
    items: list[Suggestion]


class NoteIn(Schema):
    note: str = ""


class MergeIn(Schema):
    members: list[str]
    note: str = ""


class MergeOut(Schema):
    member: str


class SeparateIn(Schema):
    member: str
    keys: list[str]  # `Account.key` of those that are another person's
    note: str = ""


class MergeCheck(Schema):
    summary: list[str]
    into: str
    trades: int
    paid_amount: str
    warnings: list[str]


class Decision(Schema):
    id: str
    kind: Literal["merge", "separate"]
    members: list[str]
    into: str | None
    by: str
    at: datetime
    note: str | None
    state: Literal["active", "undone"]
    can_undo: bool
    undone_by: str | None
    undone_at: datetime | None


class Decisions(PageOut):
    items: list[Decision]
