"""Exports of a rule's or a segment's members: a job that writes a sealed file, as the member list has it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any, Final

from django.db import transaction

from huitou.accounts import audit
from huitou.accounts.guard import Principal
from huitou.accounts.scopes import Scope
from huitou.kernel.crypto import KeyRing, load_key_ring
from huitou.kernel.errors import InvalidInput
from huitou.kernel.home import Home
from huitou.kernel.i18n import Language, Text
from huitou.kernel.jobs import Progress, enqueue, job
from huitou.kernel.models import Job
from huitou.members import export, listing, reveal
from huitou.members import worker as members_worker
from huitou.segments import asking, reads
from huitou.segments.sets import MemberSet
from huitou.warehouse.store import Warehouse, current_warehouse

KIND: Final = "segments.export"
AT_A_TIME: Final = 2_000


def start(
    warehouse: Warehouse,
    *,
    rule: Any,
    segment: int | None,
    as_of: date | None,
    columns: list[str] | None,
    form: export.Format,
    plain: bool,
    reason: str,
    language: Language,
    actor: Principal,
    now: datetime,
) -> Job:
    """Ask for an export in the caller's scope. ``plain`` needs ``members.reveal`` and a reason.

    Raises ``Wrong``, ``NotFound``, ``InvalidInput``, ``Forbidden``.
    """
    if (rule is None) == (segment is None):
        raise one_of_both()
    if segment is not None:
        reads.get(segment)
    else:
        asking.ask(warehouse, rule, scope=actor.scope, now=now, as_of=as_of)
    keys = columns or [key for key, column in export.COLUMNS.items() if column.default]
    chosen = export.columns(keys)
    said = ""
    if plain:
        actor.require(reveal.PERMISSION)
        said = reveal.checked_reason(reason)
    shops = actor.scope.shops
    asked = {
        "rule": rule,
        "segment": segment,
        "as_of": as_of.isoformat() if as_of else None,
        "columns": keys,
        "form": form,
        "plain": plain,
        "shops": None if shops is None else sorted(shops),
        "language": language,
        "owner": actor.user_id,
        "now": now.isoformat(),
    }
    with transaction.atomic():
        row = enqueue(KIND, asked, by=actor.user_id, now=now)
        audit.record(
            actor=actor,
            action="member.export_plain" if plain else "member.export",
            subject=f"job:{row.pk}",
            detail={
                "columns": [column.key for column in chosen],
                "format": form,
                **({"segment": segment} if segment is not None else {"rule": rule}),
                **({"reason": said} if plain else {}),
            },
            now=now,
        )
    return row


def one_of_both() -> InvalidInput:
    return InvalidInput(
        Text("给出规则或人群编号之一", "Give a rule or a segment, one of the two"),
        where={"field": "rule"},
    )


@job(KIND, title=Text("导出人群", "Export a segment"))
def export_segment(
    progress: Progress,
    *,
    rule: Any,
    segment: int | None,
    as_of: str | None,
    columns: list[str],
    form: export.Format,
    plain: bool,
    shops: list[int] | None,
    language: Language,
    owner: int | None,
    now: str,
) -> dict[str, Any]:
    """Write the file; nothing of it remains when a person cancels."""
    warehouse = current_warehouse()
    at = datetime.fromisoformat(now)
    day = date.fromisoformat(as_of) if as_of else None
    scope = Scope(None if shops is None else frozenset(shops))
    if segment is not None:
        members = reads.members(warehouse, reads.get(segment), scope=scope, now=at, as_of=day)
    else:
        members = asking.ask(warehouse, rule, scope=scope, now=at, as_of=day).members()
    export.check_fits(form, len(members))
    ring = load_key_ring(Home.from_environment())
    path = members_worker.write_file(
        _rows(warehouse, members, progress, scope, ring, plain=plain),
        columns=columns,
        form=form,
        language=language,
        owner=owner,
        ring=ring,
        now=at,
    )
    return members_worker.result_of(path, len(members))


def _rows(
    warehouse: Warehouse,
    members: MemberSet,
    progress: Progress,
    scope: Scope,
    ring: KeyRing,
    *,
    plain: bool,
) -> Iterator[Mapping[str, Any]]:
    numbers = members.numbers()
    progress.step(0, len(numbers), Text("写入文件", "Writing the file"))
    for start_at in range(0, len(numbers), AT_A_TIME):
        part = numbers[start_at : start_at + AT_A_TIME].tolist()
        found = listing.rows_of(warehouse, part, scope=scope, ring=ring)
        rows = [found[number] for number in part if number in found]
        yield from members_worker.revealed(warehouse, rows, ring) if plain else rows
        progress.step(start_at + len(part), len(numbers))
