"""What intake's screens show: batches, profiles, fields, mappings, rejected rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.db.models import Q, QuerySet

from huitou.accounts import shops
from huitou.accounts.guard import Principal
from huitou.intake import batches, rejects, rules
from huitou.intake.fields import TARGETS
from huitou.intake.mapping import examples, profile_from_json, suggested_mapping
from huitou.intake.masking import mask_row
from huitou.intake.models import Batch
from huitou.intake.models import Mapping as SavedMapping
from huitou.intake.outcome import SET_LABELS
from huitou.intake.profiles import PROFILES, Profile
from huitou.intake.rejects import Rejected, RejectTable
from huitou.intake.staging import row_in_file
from huitou.intake.workplace import Workplace
from huitou.kernel import jobs
from huitou.kernel.errors import InvalidInput
from huitou.kernel.i18n import Text, active_language, translate
from huitou.kernel.models import Job
from huitou.kernel.money import shown

REJECTS_SHOWN: Final = 20
REJECT_PAGE: Final = 50


def profiles() -> list[dict[str, Any]]:
    """Every profile, and the saved mappings after them."""
    return [profile_row(profile) for profile in PROFILES.values()]


def profile_row(profile: Profile) -> dict[str, Any]:
    labels = {field.key: field.label for fields in TARGETS.values() for field in fields}
    return {
        "code": profile.code,
        "label": translate(profile.label),
        "platform": profile.platform or None,
        "produces": list(profile.produces),
        "headers": [
            {
                "field": column.field,
                "label": translate(labels.get(column.field, Text(column.field, column.field))),
                "aliases": list(column.headers),
                "required": column.required,
            }
            for column in profile.columns
        ],
        "is_mapping": profile.is_mapping,
    }


def target_fields(target: str) -> list[dict[str, Any]]:
    """The fields that a column of such a file can be mapped to. Raises ``InvalidInput``."""
    if target not in TARGETS:
        raise InvalidInput(
            Text(f"没有目标 {target}", f"There is no target {target}"),
            remedy=Text(f"可用：{'、'.join(TARGETS)}", f"Use one of: {', '.join(TARGETS)}"),
            where={"field": "target"},
        )
    return [
        {
            "key": field.key,
            "label": translate(field.label),
            "help": translate(field.help),
            "type": field.type,
            "required": field.required,
        }
        for field in TARGETS[target]
    ]


def batches_of(caller: Principal, state: str | None) -> QuerySet[Batch]:
    """The batches a caller may see, newest first: of their shops, and their own of no shop yet."""
    rows = Batch.objects.select_related("by").order_by("-id")
    if state:
        rows = rows.filter(state__in=state.split(","))
    if caller.scope.shops is not None:
        mine = Q(shop=None, by_id=caller.user_id)
        rows = rows.filter(Q(shop__in=caller.scope.shops) | mine)
    return rows


def batch_of(caller: Principal, batch_id: int) -> Batch:
    """A batch that the caller may see. Raises ``NotFound``."""
    found = batches_of(caller, None).filter(pk=batch_id).first()
    if found is None:
        raise batches.unknown(batch_id)
    return found


class BatchRows:
    """Batches as the API shows them; looks shops and jobs up once for a whole page."""

    def __init__(self, rows: Iterable[Batch]) -> None:
        self._rows = list(rows)
        self._shops = {shop.shop: shop.name for shop in shops.all_shops()}
        wanted = [row.job for row in self._rows if row.job is not None]
        self._jobs = {job.pk: job for job in Job.objects.filter(pk__in=wanted)}

    def all(self) -> list[dict[str, Any]]:
        return [self.one(row) for row in self._rows]

    def one(self, row: Batch) -> dict[str, Any]:
        language = active_language()
        codes = list(dict.fromkeys(t["profile"] for t in row.tables if t.get("profile")))
        job = self._jobs.get(row.job or 0)
        return {
            "id": str(row.pk),
            "name": row.name,
            "size": row.size,
            "sha256": row.sha256,
            "state": row.state,
            "state_label": rules.state_label(batches.state_of(row)),
            "profile": "+".join(codes) or None,
            "profile_label": " + ".join(map(profile_label, codes)) or None,
            "shop": row.shop,
            "shop_name": self._shops.get(row.shop or 0),
            "rows": row.rows,
            "inserted": row.inserted,
            "updated": row.updated,
            "unchanged": row.unchanged,
            "rejected": row.rejected,
            "paid_amount": str(shown(row.paid_amount)),
            "refunded_amount": str(shown(row.refunded_amount)),
            "members_new": row.members_new,
            "created_at": row.created_at,
            "committed_at": row.committed_at,
            "by": row.by.display_name if row.by else None,
            "job": jobs.as_dict(job, language) if job else None,
            "error": row.error[language] if row.error else None,
            "same_as": str(row.same_as_id) if row.same_as_id else None,
        }


def batch_row(batch: Batch) -> dict[str, Any]:
    return BatchRows([batch]).one(batch)


def batch_detail(batch: Batch, work: Workplace) -> dict[str, Any]:
    """A batch with what was seen in the file, what it would do, and some rejected rows."""
    return {
        **batch_row(batch),
        "tables": [
            {
                "name": table["name"],
                "header": table["header"],
                "header_row": table["header_row"],
                "rows_sampled": table["rows_sampled"],
                "profile": table.get("profile"),
                "profile_label": profile_label(table["profile"]) if table.get("profile") else None,
            }
            for table in batch.tables
        ],
        "matches": [
            {
                **match,
                "label": profile_label(match["profile"]),
                "why": match["why"][active_language()],
            }
            for match in batch.matches
        ],
        "mapping": _mapping_of(batch),
        "preview": _preview(batch),
        "reject_sample": [
            reject_row(batch, rejected)
            for rejected in rejects.page(_rejects(batch, work), 1, REJECTS_SHOWN)
        ],
    }


def reject_page(batch: Batch, number: int, work: Workplace) -> dict[str, Any]:
    """One page of rejected rows, personal cells masked."""
    rows = rejects.page(_rejects(batch, work), number, REJECT_PAGE)
    return {
        "items": [reject_row(batch, rejected) for rejected in rows],
        "total": batch.rejected,
        "page": number,
        "size": REJECT_PAGE,
    }


def reject_row(batch: Batch, rejected: Rejected) -> dict[str, Any]:
    table = batch.tables[rejected.table]
    row = rejected.row
    return {
        "row_no": row_in_file(row.row_no),
        "column": row.column,
        "reason": translate(row.reason),
        "cells": mask_row(table["header"], row.cells),
    }


def reject_tables(batch: Batch) -> list[RejectTable]:
    """The tables of a file as a download of rejected rows needs them."""
    return [RejectTable(table["name"], table["header"]) for table in batch.tables]


def mappings() -> list[dict[str, Any]]:
    """Saved mappings by name, then the examples that come with the program."""
    saved = SavedMapping.objects.filter(is_active=True).prefetch_related("versions")
    return [
        *map(mapping_row, saved),
        *(
            {
                "id": None,
                "name": name,
                "version": 1,
                "mapping": body,
                "updated_at": None,
                "is_example": True,
            }
            for name, body in examples().items()
        ),
    ]


def mapping_row(mapping: SavedMapping) -> dict[str, Any]:
    return {
        "id": str(mapping.pk),
        "name": mapping.name,
        "version": mapping.version,
        "mapping": mapping.body,
        "updated_at": mapping.updated_at,
        "is_example": False,
    }


_MADE: Final = {"demo": Text("演示数据", "Demo data")}
"""What batches that were made here, not read from a file, go by."""


def profile_label(code: str) -> str:
    """A profile's name; of a mapping, the name it was given."""
    known = PROFILES.get(code)
    label = known.label if known else _MADE.get(code)
    return translate(label) if label else code.removeprefix("mapping:")


def reasons(batch: Batch) -> list[dict[str, Any]]:
    """Why rows were rejected, most frequent first."""
    language = active_language()
    return [
        {"code": reason["code"], "label": reason[language], "count": reason["count"]}
        for reason in batch.rejects_by_reason
    ]


def preview_json(preview: Mapping[str, Any]) -> dict[str, Any]:
    """A stored preview in the reader's language."""
    language = active_language()
    return {
        **preview,
        "sets": [
            {**entry, "label": translate(SET_LABELS[entry["name"]])} for entry in preview["sets"]
        ],
        "warnings": [warning[language] for warning in preview["warnings"]],
    }


def _preview(batch: Batch) -> dict[str, Any] | None:
    if batch.preview is None:
        return None
    return {**preview_json(batch.preview), "rejects_by_reason": reasons(batch)}


def _mapping_of(batch: Batch) -> dict[str, Any] | None:
    """The mapping it is read with; where nothing fits, one to start drawing from."""
    chosen = batch.choice.get("mapping")
    if chosen:
        return dict(chosen)
    if batch.state == "needs_setup" and batch.tables:
        name = batch.name.rsplit(".", 1)[0][:80]
        return suggested_mapping(batch.tables[0]["header"], name)
    return None


def _rejects(batch: Batch, work: Workplace) -> Iterable[Rejected]:
    return rejects.read(work.home.files, batch.rejects_name, work.ring)


def saved_profiles() -> list[dict[str, Any]]:
    """Saved mappings as profiles."""
    rows = SavedMapping.objects.filter(is_active=True).prefetch_related("versions")
    return [profile_row(profile_from_json(row.body, f"mapping:{row.pk}")) for row in rows]
