"""Files of this machine, all the way in: what ``huitou import`` does, here or in the running server.

The order in which files are named is of no consequence: all are looked at first, so that one file's
shop name serves its siblings, and then read in the order catalogue, orders, lines, the rest.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from huitou.accounts import audit, shops
from huitou.accounts.shops import ShopRow
from huitou.intake import batches, looking, pipeline, reads
from huitou.intake.looking import Look
from huitou.intake.mapping import examples, profile_from_json
from huitou.intake.models import Batch
from huitou.intake.models import Mapping as SavedMapping
from huitou.intake.plan import default_name, main_sets, needs_shop
from huitou.intake.preview import preview_of
from huitou.intake.workplace import Workplace
from huitou.kernel.errors import Cancelled, HuitouError, InvalidInput, NotFound
from huitou.kernel.i18n import Text, active_language
from huitou.kernel.jobs import Progress
from huitou.kernel.money import shown

log = logging.getLogger("huitou.intake")

UNFINISHED: Final = Cancelled(Text("没有轮到", "Its turn did not come"))
_ORDER: Final = (
    "items", "trades", "lines", "refunds", "parcels", "parcel_events", "profiles", "reviews", "visits",
)  # fmt: skip


@dataclass(frozen=True)
class Wish:
    """How files are to be read. ``shop``: a code; None infers it. ``actor``: for the audit log."""

    choice: dict[str, Any]
    shop: str | None = None
    dry_run: bool = False
    actor: Any = None


@dataclass
class _Item:
    path: Path
    batch: Batch | None = None
    seen: Look | None = None
    shop: ShopRow | None = None
    error: HuitouError | None = None
    result: dict[str, Any] = field(default_factory=dict)
    row: dict[str, Any] = field(default_factory=dict)
    reasons: list[dict[str, Any]] = field(default_factory=list)


def choice_of(
    profile: str, mapping: dict[str, Any] | None, mapping_name: str | None
) -> dict[str, Any]:
    """What ``--profile`` and ``--mapping`` say, checked. ``mapping_name``: a saved or ready one.

    Raises ``InvalidInput``, ``InvalidMapping`` and ``NotFound``.
    """
    if mapping_name is not None:
        saved = SavedMapping.objects.filter(name=mapping_name, is_active=True).first()
        mapping = saved.body if saved else examples().get(mapping_name)
        if mapping is None:
            known = [
                *SavedMapping.objects.filter(is_active=True).values_list("name", flat=True),
                *examples(),
            ]
            raise NotFound(
                Text(f"没有映射 {mapping_name}", f"There is no mapping {mapping_name}"),
                remedy=Text(f"已有：{'、'.join(known)}", f"Known: {', '.join(known)}"),
                where={"mapping": mapping_name},
            )
    choice = {"mapping": mapping} if mapping is not None else {"profile": profile}
    looking.profile_of(choice)
    return choice


def import_files(
    paths: Sequence[Path], wish: Wish, progress: Progress, work: Workplace, *, now: datetime
) -> dict[str, Any]:
    """Import files and tell what became of each. A file that fails does not stop the others.

    Returns ``{"files": […], "totals": {…}, "created_shops": […], "failed": n, "dry_run": bool}``
    with texts in the active language. Raises ``Cancelled``; files committed before that stay.
    """
    items = [_Item(path) for path in paths]
    given = shops.shop_by_code(wish.shop) if wish.shop else None
    stopped: BaseException = UNFINISHED
    try:
        for item in items:
            _guarded(item, lambda item=item: _look(item, wish, work, now))
        created = _find_shops(items, given, wish, now)
        for item in sorted(items, key=_rank):
            if item.error is None:
                _guarded(item, lambda item=item: _take_in(item, wish, progress, work, now))
    except BaseException as error:
        stopped = error
        raise
    finally:
        for item in items:
            _leave_tidy(item, stopped, wish, work, now)
    return {
        "files": [_told(item) for item in items],
        "totals": warehouse_totals(work),
        "created_shops": created,
        "failed": sum(item.error is not None for item in items),
        "dry_run": wish.dry_run,
    }


def warehouse_totals(work: Workplace) -> dict[str, Any]:
    """What the warehouse holds now: trades, lines, members, paid and refunded amounts."""
    trade, line, member = (work.warehouse.table(name) for name in ("trade", "trade_line", "member"))
    sums = work.warehouse.rows(
        trade.aggregate(
            trades=trade.count(),
            paid_amount=trade.paid_amount.sum(),
            refunded_amount=trade.refunded_amount.sum(),
        )
    )[0]
    members = member.filter(member.merged_into.isnull()).count()
    return {
        "trades": sums["trades"],
        "lines": work.warehouse.scalar(line.count()),
        "members": work.warehouse.scalar(members),
        "paid_amount": str(shown(sums["paid_amount"] or pipeline.NOTHING)),
        "refunded_amount": str(shown(sums["refunded_amount"] or pipeline.NOTHING)),
    }


def _look(item: _Item, wish: Wish, work: Workplace, now: datetime) -> None:
    if not item.path.is_file():
        raise InvalidInput(
            Text(f"没有文件 {item.path}", f"There is no file {item.path}"),
            remedy=Text("检查路径", "Check the path"),
            code="file_missing",
            where={"file": str(item.path)},
        )
    item.batch = pipeline.receive_path(
        item.path, choice=wish.choice, shop=None, by=None, now=now, work=work
    )
    item.seen = looking.look(item.batch, work)
    if not item.seen.is_clear:
        raise looking.unclear(item.batch, item.seen)


def _find_shops(
    items: Sequence[_Item], given: ShopRow | None, wish: Wish, now: datetime
) -> list[dict[str, str]]:
    """Give every file its shop: the one asked for, its own, a sibling's, or a new one."""
    created: list[dict[str, str]] = []
    open_items = []
    for item in items:
        if item.error is not None or item.seen is None or not needs_shop(item.seen.plans):
            continue
        item.shop = given or item.seen.guess.shop
        if item.shop is None:
            open_items.append(item)
    # Files that name their shop come first: what they find or make serves those that do not.
    for item in sorted(open_items, key=lambda one: not (one.seen and one.seen.guess.new_name)):
        assert item.seen is not None
        assert item.batch is not None
        guess = item.seen.guess
        siblings = {
            other.shop
            for other in items
            if other.shop is not None
            and (other.shop in guess.candidates or other.shop.platform == guess.platform)
        }
        if len(siblings) == 1 and not guess.new_name:
            item.shop = siblings.pop()
        elif not guess.candidates and not siblings:
            if wish.dry_run:
                name = guess.new_name or default_name(guess.platform)
                item.shop = ShopRow(0, guess.platform, name, guess.platform, "online", "")
            else:
                item.shop = _new_shop(guess.platform, guess.new_name, wish, now)
                created.append(
                    {"code": item.shop.code, "name": item.shop.name, "platform": item.shop.platform}
                )
        else:
            named = {s for s in siblings if s.name == guess.new_name}
            if len(named) == 1:
                item.shop = named.pop()
            else:
                item.error = looking.whose(item.batch, item.seen)
    return created


def _new_shop(platform: str, name: str, wish: Wish, now: datetime) -> ShopRow:
    taken = {shop.code for shop in shops.all_shops()}
    code = next(
        code
        for code in (platform, *(f"{platform}-{n}" for n in range(2, 1_000)))
        if code not in taken
    )
    kind = "store" if platform == "pos" else "online"
    return shops.ensure_shop(code, name or default_name(platform), platform, kind, now, wish.actor)


def _take_in(item: _Item, wish: Wish, progress: Progress, work: Workplace, now: datetime) -> None:
    batch, seen = item.batch, item.seen
    assert batch is not None
    assert seen is not None
    batches.move(batch, "staging")
    sample = pipeline.stage(batch, seen, item.shop, progress, work)
    item.result = {"warnings": [warning[active_language()] for warning in batch.warnings]}
    if batch.state != "staging":
        return
    if wish.dry_run:
        outcome = pipeline.rehearse(batch, work, now=now)
        item.result["preview"] = reads.preview_json(preview_of(batch, sample, outcome))
    else:
        batches.move(batch, "ready")
        batches.move(batch, "committing")
        outcome = pipeline.commit(batch, progress, work, now=now)
        audit.record(
            actor=wish.actor, action="intake.commit", subject=f"batch:{batch.pk}",
            detail={"rows": batch.rows}, now=now,
        )  # fmt: skip
    item.result |= outcome


def _guarded(item: _Item, work: Any) -> None:
    """Run one file's step; what a person can act on is kept as that file's error."""
    try:
        work()
    except Cancelled:
        raise
    except HuitouError as error:
        item.error = error
    except Exception:
        log.exception("importing %s", item.path.name)
        item.error = pipeline.UNEXPECTED


def _leave_tidy(
    item: _Item, error: BaseException, wish: Wish, work: Workplace, now: datetime
) -> None:
    """Whatever happened: no stage stays, and the batch's row tells the truth; of a dry run nothing."""
    batch = item.batch
    if batch is None:
        return
    batch.refresh_from_db()
    if wish.dry_run:
        item.row = reads.batch_row(batch)
        item.reasons = reads.reasons(batch)
        pipeline.forget(batch, work)
    else:
        pipeline.release(batch, item.error or error, work, now=now)


def _rank(item: _Item) -> int:
    if item.seen is None:
        return len(_ORDER)
    sets = main_sets(item.seen.plans)
    return min((_ORDER.index(name) for name in sets if name in _ORDER), default=len(_ORDER))


def _told(item: _Item) -> dict[str, Any]:
    batch, row, reasons = item.batch, item.row, item.reasons
    if batch is not None and batch.pk is not None:
        row, reasons = reads.batch_row(batch), reads.reasons(batch)
    return {
        "file": str(item.path),
        "batch": row.get("id"),
        "state": row.get("state"),
        "profile": row.get("profile"),
        "profile_label": row.get("profile_label"),
        "shop": item.shop.code if item.shop else None,
        "same_as": row.get("same_as"),
        "rows": row.get("rows", 0),
        "rejected": row.get("rejected", 0),
        "reasons": reasons,
        "error": item.error.as_dict(active_language()) if item.error else None,
        "inserted": 0,
        "updated": 0,
        "unchanged": 0,
        "sets": {},
        "members_new": 0,
        "paid_amount": "0.00",
        "refunded_amount": "0.00",
        "warnings": [],
        **item.result,
    }


__all__ = ["Wish", "choice_of", "import_files", "profile_from_json", "warehouse_totals"]
