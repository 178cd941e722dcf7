"""The brand's own cut points of the grids, kept in the app database."""

from __future__ import annotations

from dataclasses import asdict, fields
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import transaction

from huitou.accounts import audit
from huitou.kernel.errors import InvalidInput
from huitou.kernel.i18n import Text
from huitou.segments.grids import GridSettings
from huitou.segments.models import GridCuts

audit.label_actions({"segment.grids": Text("修改分层标准", "Change the grids' cut points")})


def current() -> GridSettings:
    """The cut points in force."""
    held = GridCuts.objects.filter(pk=1).first()
    return parsed(held.cuts) if held is not None else GridSettings()


def as_json(grids: GridSettings) -> dict[str, Any]:
    """Cut points as JSON: amounts as text."""
    return {name: _plain(value) for name, value in asdict(grids).items()}


def parsed(given: dict[str, Any]) -> GridSettings:
    """Cut points out of JSON; what is not given keeps its default. Raises ``InvalidInput``."""
    default = GridSettings()
    known = {field.name for field in fields(GridSettings)}
    values: dict[str, Any] = {}
    for name, value in given.items():
        if name not in known:
            raise _wrong(name, Text("没有这项标准", "There is no such cut point"))
        values[name] = _typed(name, value, getattr(default, name))
    made = GridSettings(**values)
    for name in ("lifecycle", "r", "f", "m"):
        cuts = getattr(made, name)
        if list(cuts) != sorted(set(cuts)):
            raise _wrong(name, Text("须从小到大且互不相同", "They must ascend"))
    return made


@transaction.atomic
def change(given: dict[str, Any], *, actor: Any, now: datetime) -> GridSettings:
    """Set cut points; what is not given keeps its value. Raises ``InvalidInput``."""
    made = parsed({**as_json(current()), **given})
    GridCuts.objects.update_or_create(
        pk=1,
        defaults={
            "cuts": as_json(made),
            "updated_at": now,
            "updated_by_name": actor.user.username if actor and actor.user else "",
        },
    )
    audit.record(
        actor=actor, action="segment.grids", subject="grids:1", detail=as_json(made), now=now
    )
    return made


def _plain(value: Any) -> Any:
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    return str(value) if isinstance(value, Decimal) else value


def _typed(name: str, value: Any, like: Any) -> Any:
    if isinstance(like, tuple):
        if not isinstance(value, list | tuple) or len(value) != len(like):
            raise _wrong(name, Text(f"需要 {len(like)} 个值", f"{len(like)} values are needed"))
        return tuple(_typed(name, one, kind) for one, kind in zip(value, like, strict=True))
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        raise _wrong(name, Text("填一个数", "Give a number")) from None
    if not found.is_finite() or found < 0 or found > 10**9:
        raise _wrong(name, Text("填 0 到 10 亿之间的数", "Give a number from 0 to a billion"))
    return found if isinstance(like, Decimal) else int(found)


def _wrong(name: str, remedy: Text) -> InvalidInput:
    return InvalidInput(
        Text(f"分层标准 {name} 不能这样设", f"The cut point {name} cannot be set so"),
        remedy=remedy,
        where={"field": name},
    )
