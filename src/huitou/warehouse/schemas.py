"""Shapes of the overview's answers. Amounts are decimal strings with two decimals."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from ninja import Schema


class PeriodOut(Schema):
    start: date
    end: date
    as_of: date


class PreviousOut(Schema):
    start: date
    end: date


class Figure(Schema):
    key: str
    label: str
    value: str | None
    previous: str | None
    change: float | None  # ratio: 0.1 is ten per cent more
    unit: Literal["count", "money", "share"]
    formula: str


class TrendDay(Schema):
    day: date
    orders: int
    paid_amount: str
    buyers: int
    new_buyers: int
    returning_buyers: int


class ShopFigures(Schema):
    shop: int
    name: str | None
    orders: int
    paid_amount: str
    buyers: int


class ProvinceFigures(Schema):
    province: str
    buyers: int
    paid_amount: str


class Today(Schema):
    orders: int
    paid_amount: str
    unpaid: int
    refunds_open: int
    parcels_in_trouble: int


class Overview(Schema):
    period: PeriodOut
    previous: PreviousOut | None
    data_from: date | None
    data_to: date | None
    figures: list[Figure]
    trend: list[TrendDay]
    trend_previous: list[TrendDay] | None
    by_shop: list[ShopFigures]
    by_province: list[ProvinceFigures]
    unattached_trades: int
    today: Today
    is_empty: bool


class RecentChange(Schema):
    seq: str
    kind: Literal["trade", "refund", "parcel", "review"]
    change: str
    member: str | None
    member_name: str | None
    shop: int | None
    shop_name: str | None
    subject: str
    amount: str | None
    before: str | None
    after: str | None
    before_label: str | None
    after_label: str | None
    occurred_at: datetime | None
    recorded_at: datetime
    batch: str | None


class RecentChanges(Schema):
    items: list[RecentChange]
