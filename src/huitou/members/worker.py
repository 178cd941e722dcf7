"""Background work of this part: exports of the member list."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from django.db import transaction

from huitou.accounts import audit, shops
from huitou.accounts.guard import Principal
from huitou.accounts.scopes import Scope
from huitou.kernel.crypto import KeyRing, load_key_ring
from huitou.kernel.errors import NotFound
from huitou.kernel.home import Home
from huitou.kernel.i18n import Language, Text, speaking, translate
from huitou.kernel.jobs import Progress, enqueue, job
from huitou.kernel.models import Job
from huitou.members import export, listing, reveal
from huitou.members.people import people
from huitou.warehouse.store import Warehouse, current_warehouse

KIND: Final = "members.export"
_CONTEXT: Final = b"members.export"

audit.label_actions(
    {
        "member.export": Text("导出会员", "Export members"),
        "member.export_plain": Text("导出会员明文", "Export members in plain"),
        "member.export_download": Text("下载会员导出", "Download an export"),
    }
)


def start_export(
    wanted: listing.MemberFilter,
    *,
    columns: list[str],
    form: export.Format,
    plain: bool,
    reason: str,
    language: Language,
    ring: KeyRing,
    actor: Principal,
    now: datetime,
) -> Job:
    """Ask for an export in the caller's scope. ``plain`` needs ``members.reveal`` and a reason.

    Raises ``InvalidInput`` for unknown columns, ``Forbidden``.
    """
    chosen = export.columns(columns)
    said = ""
    if plain:
        actor.require(reveal.PERMISSION)
        said = reveal.checked_reason(reason)
    scope = actor.scope.narrowed(wanted.shops)
    asked = {
        # What somebody searched for may be a phone number: sealed, as everything personal.
        "sealed": _sealed(_as_json(wanted), ring),
        "columns": columns,
        "form": form,
        "plain": plain,
        "shops": None if scope.shops is None else sorted(scope.shops),
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
                **({"reason": said} if plain else {}),
            },
            now=now,
        )
    return row


@job(KIND, title=Text("导出会员", "Export members"))
def export_members(
    progress: Progress,
    *,
    sealed: dict[str, Any],
    columns: list[str],
    form: export.Format,
    plain: bool,
    shops: list[int] | None,
    language: Language,
    owner: int | None,
    now: str,
) -> dict[str, Any]:
    """Write the file; nothing of it remains when a person cancels."""
    ring = load_key_ring(Home.from_environment())
    wanted = _from_json(_opened(sealed, ring))
    scope = Scope(None if shops is None else frozenset(shops))
    counted = _Counted(progress, current_warehouse(), wanted, scope, ring, plain=plain)
    export.check_fits(form, counted.total())
    path = write_file(
        counted.rows(),
        columns=columns,
        form=form,
        language=language,
        owner=owner,
        ring=ring,
        now=datetime.fromisoformat(now),
    )
    return result_of(path, counted.done)


def write_file(
    rows: Iterable[Mapping[str, Any]],
    *,
    columns: list[str],
    form: export.Format,
    language: Language,
    owner: int | None,
    ring: KeyRing,
    now: datetime,
) -> Path:
    """Member rows as a sealed file that only ``owner`` can fetch; nothing of it remains on an exception.

    The caller has asked ``export.check_fits``.
    """
    home = Home.from_environment()
    home.exports.mkdir(parents=True, exist_ok=True, mode=0o700)
    export.discard_old(home.exports, now)
    path = home.exports / f"members-{owner or 0}-{secrets.token_urlsafe(12)}.{form}"
    header = export.columns(columns)
    zone = shops.zone()
    with speaking(language):
        cells = (export.cells(row, header, zone) for row in rows)
        try:
            with export.SealedWriter(path, ring) as stream:
                if form == "csv":
                    titles = [translate(column.label) for column in header]
                    export.write_csv(stream, titles, cells)
                else:
                    export.write_xlsx(stream, header, cells)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
    return path


def result_of(path: Path, rows: int) -> dict[str, Any]:
    """What a job that wrote a file tells."""
    return {
        "rows": rows,
        "file": path.name,
        "result_url": f"/api/v1/members/exports/{path.name}",
    }


def revealed(
    warehouse: Warehouse, rows: list[dict[str, Any]], ring: KeyRing
) -> list[dict[str, Any]]:
    """Member rows with their personal values unmasked; the caller has asked for permission and reason."""
    persons = people(warehouse, (int(row["member"]) for row in rows), ring)
    return [
        {
            **row,
            **{
                column.key: persons[int(row["member"])].first(column.personal)
                for column in export.COLUMNS.values()
                if column.personal
            },
        }
        for row in rows
    ]


def export_file(name: str, *, actor: Principal, now: datetime) -> Path:
    """A finished export of the caller's own, for download. Raises ``NotFound``."""
    path = Home.from_environment().exports / Path(name).name
    mine = Path(name).name.startswith(f"members-{actor.user_id or 0}-")
    if not mine or not path.is_file():
        raise NotFound(
            Text("没有这个导出文件，或已过期", "There is no such export, or it has expired"),
            remedy=Text("重新导出", "Export again"),
        )
    audit.record(
        actor=actor, action="member.export_download", subject=f"file:{path.name}"[:160], now=now
    )
    return path


class _Counted:
    """The rows of an export, with progress and the wish to stop checked between chunks."""

    def __init__(
        self,
        progress: Progress,
        warehouse: Warehouse,
        wanted: listing.MemberFilter,
        scope: Scope,
        ring: KeyRing,
        *,
        plain: bool,
    ) -> None:
        self.done = 0
        self._progress = progress
        self._warehouse = warehouse
        self._wanted = wanted
        self._scope = scope
        self._ring = ring
        self._plain = plain

    def total(self) -> int:
        found = listing.filtered(self._warehouse, self._wanted, self._scope, self._ring)
        return int(self._warehouse.scalar(found.count()))

    def rows(self) -> Iterator[Mapping[str, Any]]:
        total = self.total()
        self._progress.step(0, total, Text("写入文件", "Writing the file"))
        chunks = listing.in_chunks(
            self._warehouse, self._wanted, scope=self._scope, ring=self._ring
        )
        for chunk in chunks:
            yield from revealed(self._warehouse, chunk, self._ring) if self._plain else chunk
            self.done += len(chunk)
            self._progress.step(self.done, total)


def _as_json(wanted: listing.MemberFilter) -> str:
    return json.dumps(
        {name: value for name, value in vars(wanted).items() if value is not None}, default=str
    )


def _from_json(text: str) -> listing.MemberFilter:
    values = json.loads(text)
    for name in ("min_paid", "max_paid"):
        if name in values:
            values[name] = Decimal(values[name])
    for name in ("last_paid_after", "last_paid_before"):
        if name in values:
            values[name] = datetime.fromisoformat(values[name])
    for name in ("figure_start", "figure_end", "figure_as_of"):
        if name in values:
            values[name] = date.fromisoformat(values[name])
    return listing.MemberFilter(**values)


def _sealed(text: str, ring: KeyRing) -> dict[str, Any]:
    body = base64.b64encode(ring.seal(text.encode(), _CONTEXT)).decode()
    return {"key_id": ring.active, "body": body}


def _opened(sealed: Mapping[str, Any], ring: KeyRing) -> str:
    return ring.unseal(base64.b64decode(sealed["body"]), _CONTEXT, sealed["key_id"]).decode()
