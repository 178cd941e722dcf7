"""What an operator of the brand would have made by now: saved segments, tags that work themselves out."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from huitou.accounts.scopes import Scope
from huitou.segments import actions, tag_refresh
from huitou.segments.models import Segment
from huitou.segments.tag_models import Tag
from huitou.segments.templates import TEMPLATES
from huitou.warehouse.store import Warehouse

SEGMENTS: Final[dict[str, str]] = {
    # template → the folder it lies in
    "new_no_second": "复购",
    "repurchase_due": "复购",
    "sleeping_valuable": "唤醒",
    "churn_risk": "唤醒",
    "birthday_week": "关怀",
    "cart_not_bought": "转化",
    "bad_review_open": "关怀",
    "top_five_percent": "高价值",
}
TAGS: Final = ("promotion.", "price.", "order_value.", "hours.", "recipient.gift")
"""Codes, or their beginnings, of the built-in tags by rule that are switched on."""


def make(warehouse: Warehouse, *, now: datetime) -> int:
    """Save the segments and switch the tags on, unless there are segments. Returns how many were saved."""
    if Segment.objects.exists():
        return 0
    ready = {one.code: one for one in TEMPLATES}
    for code, folder in SEGMENTS.items():
        template = ready[code]
        actions.create(
            warehouse,
            name=template.label.zh,
            description=template.help.zh,
            folder=folder,
            kind="dynamic",
            rule=template.document,
            scope=Scope.everything(),
            actor=None,
            now=now,
        )
    derived = [tag for tag in Tag.objects.exclude(kind="manual") if tag.code.startswith(TAGS)]
    Tag.objects.filter(pk__in=[tag.pk for tag in derived]).update(enabled=True)
    tag_refresh.refresh(warehouse, now=now, tags=[tag.pk for tag in derived])
    return len(SEGMENTS)
