"""What customer and member lists say, kept per identity, and the columns of a member made of it.

A member may have several identities, each described by several lists. Each column of the member is
taken from the newest description that has it, so that merging and parting members needs no memory.
Where no list names a region, the newest order that was sent somewhere does. The city's tier follows.
"""

from __future__ import annotations

from functools import reduce
from typing import Final

import ibis

from huitou.warehouse import cities
from huitou.warehouse.store import Writer
from huitou.warehouse.versions import Batch, SetReport, hashed, or_epoch, settle, staged_buyers

FACET: Final = (
    "profile_ref",
    "shop",
    "gender",
    "birth_year",
    "birth_month",
    "birth_day",
    "birth_lunar",
    "province",
    "city",
    "district",
    "joined_at",
    "level",
    "has_phone",
    "has_email",
    "has_wecom",
)
_BIRTHDAY: Final = ("birth_year", "birth_month", "birth_day", "birth_lunar")
_REGION: Final = ("province", "city", "district")
_REACHED_BY: Final = {"has_phone": "phone", "has_wecom": "wecom"}
"""Flags that an identity of this kind sets as well: its value is how the member is reached."""


def apply(batch: Batch) -> tuple[SetReport, SetReport]:
    """Bring a stage's profiles and their attributes in; rows that name nobody are left out.

    Leaves ``profile_next`` and ``member_attribute_next`` (rows written).
    """
    writer = batch.writer
    buyers = staged_buyers(batch, "profiles")
    known = buyers.filter(buyers.buyer_key.notnull()).select("row_no", "buyer_key", "member")
    known = known.rename(key_no="buyer_key")
    rows = batch.stage.table("profiles").inner_join(known, "row_no")
    rows = rows.mutate(source=rows.source.fill_null(""), fingerprint=hashed(rows, FACET))
    stored = writer.table("profile")
    people = settle(
        batch,
        "profile",
        rows,
        key=["key_no", "source"],
        order=_order(rows),
        stored_order=_order(stored),
    )
    values = batch.stage.table("profile_attributes").inner_join(known, "row_no")
    values = values.mutate(fingerprint=hashed(values, ["value"]))
    held = writer.table("member_attribute")
    attributes = settle(
        batch,
        "member_attribute",
        values,
        key=["key_no", "name"],
        order=_order(values),
        stored_order=_order(held),
    )
    return people.report, attributes.report


def _order(rows: ibis.Table) -> dict[str, ibis.Value]:
    return {"at": or_epoch(rows.version_at), "print": rows.fingerprint.fill_null(0)}


def refresh(writer: Writer, members: ibis.Table) -> ibis.Table:
    """Work the columns of these members out again.

    ``members`` has a column ``member``. Returns the temporary table ``member_changed`` of the rows that
    differed and were rewritten.
    """
    held = writer.table("member").semi_join(members, "member")
    described = _described(writer, members)
    regions = _regions(writer, members)
    reached = _reached(writer, members)
    rows = held.left_join(described, "member", rname="new_{name}")
    rows = rows.left_join(regions, "member", rname="sent_{name}")
    rows = rows.left_join(reached, "member", rname="key_{name}")
    city = ibis.ifelse(rows.new_province.notnull(), rows.new_city, rows.sent_city)
    ranked = cities.ranked()
    rows = rows.left_join(ranked, city == ranked.ranked_city, rname="now_{name}")
    from_list = rows.new_province.notnull()
    values: dict[str, ibis.Value] = {
        name: rows[f"new_{name}"] for name in ("gender", *_BIRTHDAY, "joined_at", "level")
    }
    values |= {
        name: ibis.ifelse(from_list, rows[f"new_{name}"], rows[f"sent_{name}"]) for name in _REGION
    }
    for flag in ("has_phone", "has_email", "has_wecom"):
        said = rows[f"new_{flag}"].fill_null(False)
        values[flag] = said | rows[f"key_{flag}"].fill_null(False) if flag in _REACHED_BY else said
    values["city_tier"] = rows.now_city_tier
    values["profile_version_at"] = rows.profile_version_at_new
    differs = reduce(
        lambda left, right: left | right,
        [~rows[name].identical_to(value) for name, value in values.items()],
    )
    columns = [name for name in held.columns if name not in values]
    changed = rows.filter(differs).select(*columns, **values)
    changed = writer.temp(
        "member_changed", changed.mutate(profile_fingerprint=hashed(changed, list(values)))
    )
    writer.delete("member", ["member"], changed)
    writer.insert("member", changed)
    return changed


def _described(writer: Writer, members: ibis.Table) -> ibis.Table:
    """Per member, each facet of the newest list that has it."""
    rows = writer.table("profile").semi_join(members, "member")
    newest_first = [or_epoch(rows.version_at).desc(), rows.fingerprint.desc(), rows.key_no]
    rows = rows.mutate(place=ibis.row_number().over(group_by=rows.member, order_by=newest_first))
    facets = {
        "gender": (rows.gender.notnull(), ("gender",)),
        "birthday": (rows.birth_month.notnull() | rows.birth_year.notnull(), _BIRTHDAY),
        "region": (rows.province.notnull(), _REGION),
        "level": (rows.level.notnull(), ("level",)),
    }
    rows = rows.mutate(
        **{
            f"first_{facet}": rows.place.min(where=has).over(group_by=rows.member)
            for facet, (has, _columns) in facets.items()
        }
    )
    values: dict[str, ibis.Value] = {
        name: (
            rows[name].any(where=rows.place == rows[f"first_{facet}"])
            if name == "birth_lunar"
            else rows[name].max(where=rows.place == rows[f"first_{facet}"])
        )
        for facet, (_has, columns) in facets.items()
        for name in columns
    }
    return rows.group_by("member").aggregate(
        **values,
        joined_at=rows.joined_at.min(),
        has_phone=rows.has_phone.any(),
        has_email=rows.has_email.any(),
        has_wecom=rows.has_wecom.any(),
        profile_version_at_new=rows.version_at.max(),
    )


def _regions(writer: Writer, members: ibis.Table) -> ibis.Table:
    """Where each member's newest order with a region was sent."""
    trades = writer.table("trade")
    trades = trades.filter(trades.province.notnull()).semi_join(members, "member")
    newest_first = [
        or_epoch(trades.created_at).desc(),
        trades.source.desc(),
        trades.trade_id.desc(),
    ]
    placed = trades.select(
        "member",
        *_REGION,
        place=ibis.row_number().over(group_by=trades.member, order_by=newest_first),
    )
    return placed.filter(placed.place == 0).drop("place")


def _reached(writer: Writer, members: ibis.Table) -> ibis.Table:
    """(member, has_phone, has_wecom) by the kinds of its identities."""
    keys = writer.table("identity_key").semi_join(members, "member")
    return keys.group_by("member").aggregate(
        **{flag: (keys.kind == kind).any() for flag, kind in _REACHED_BY.items()}
    )
