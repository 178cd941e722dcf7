"""The member 360 page: profile, figures, accounts and why they are one, contacts, attributes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import ibis
from ibis import _

from huitou.accounts.guard import Principal
from huitou.accounts.scopes import Scope
from huitou.accounts.shops import PLATFORMS
from huitou.kernel.crypto import KeyRing
from huitou.kernel.i18n import Text, translate
from huitou.members import identities, listing, normal, people, reveal
from huitou.members.keys import KINDS
from huitou.members.listing import instant, money
from huitou.members.lookup import require_visible
from huitou.members.models import Suggestion
from huitou.members.orders import number, shop_rows
from huitou.members.people import Person
from huitou.members.regroup import HINT, PERSON
from huitou.warehouse.labels import label
from huitou.warehouse.scoping import scoped
from huitou.warehouse.store import Warehouse, table

_MOST_REASONS: Final = 5

TOTALS: Final[dict[str, tuple[Text, str]]] = {
    "paid_trades": (Text("付款订单", "Paid orders"), "count"),
    "paid_amount": (Text("实付金额", "Paid amount"), "money"),
    "net_amount": (Text("净额", "Net amount"), "money"),
    "refunded_amount": (Text("退款金额", "Refunded amount"), "money"),
    "average_order_value": (Text("笔单价", "Average order value"), "money"),
    "max_paid_amount": (Text("最高一单", "Largest order"), "money"),
    "paid_days": (Text("付款天数", "Days with a paid order"), "count"),
    "units": (Text("购买件数", "Units bought"), "count"),
    "unpaid_trades": (Text("未付款订单", "Unpaid orders"), "count"),
    "refund_trades": (Text("退款订单", "Orders with a refund"), "count"),
    "reviews": (Text("评价", "Reviews"), "count"),
    "visits": (Text("访问", "Visits"), "count"),
}
EVIDENCE: Final[dict[str, Text]] = {
    "trade": Text("同现于订单 {what}：{other}", "seen together in order {what}: {other}"),
    "list": Text(
        "同现于会员名单（{what}）：{other}", "together in a member list ({what}): {other}"
    ),
    "review": Text("同现于评价 {what}：{other}", "seen together in review {what}: {other}"),
    "visit": Text("同现于访问记录（{what}）：{other}", "together in a visit ({what}): {other}"),
    "decision": Text("人工合并：{other}", "merged by a person: {other}"),
}


def detail(
    warehouse: Warehouse, member: int, *, caller: Principal, ring: KeyRing
) -> dict[str, Any]:
    """``MemberDetail``. Raises ``NotFound``, with ``where.merged_into`` for a merged number."""
    scope = caller.scope
    with warehouse.snapshot():
        held = require_visible(warehouse, member, scope)
        row = listing.rows_of(warehouse, [member], scope=scope, ring=ring)[member]
        person = people.people(warehouse, [member], ring)[member]
        merged = table("member").filter(_.merged_into == member).order_by("member")
        return {
            "row": row,
            "birthday": birthday(held),
            "birth_lunar": bool(held["birth_lunar"]),
            "joined_at": instant(held["joined_at"]),
            "first_seen_at": instant(held["first_seen_at"]),
            "source_label": _platform_label(held["source"]),
            "merged_from": [str(one["member"]) for one in warehouse.rows(merged.select("member"))],
            "totals": _totals(warehouse, member, scope, row),
            "accounts": _accounts(warehouse, person, scope, ring),
            "attributes": _attributes(warehouse, member),
            "contacts": _contacts(warehouse, person, scope, ring),
            "can_reveal": caller.can(reveal.PERMISSION),
            "suggestions": open_suggestions(member),
        }


def open_suggestions(member: int) -> int:
    """How many open suggestions and conflicts are about this member."""
    mine = Suggestion.objects.filter(state="open")
    return mine.filter(a=member).count() + mine.filter(b=member).count()


def birthday(row: Mapping[str, Any]) -> str | None:
    """``1990-05-03``, or ``05-03`` where the year is not known."""
    if not row["birth_month"] or not row["birth_day"]:
        return None
    day = f"{row['birth_month']:02d}-{row['birth_day']:02d}"
    return f"{row['birth_year']}-{day}" if row["birth_year"] else day


def _totals(
    warehouse: Warehouse, member: int, scope: Scope, row: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """The member's figures; those of the scope's shops only where the caller sees not all."""
    values: dict[str, Any] = {
        "paid_trades": row["paid_trades"],
        "paid_amount": row["paid_amount"],
        "net_amount": row["net_amount"],
        "average_order_value": row["average_order_value"],
        "unpaid_trades": row["unpaid_trades"],
        "refund_trades": row["refund_trades"],
    }
    trades = scoped(table("trade"), scope).filter(_.member == member)
    paid = trades.is_paid
    sums = warehouse.rows(
        trades.aggregate(
            refunded_amount=trades.refunded_amount.sum(),
            max_paid_amount=trades.paid_amount.max(where=paid),
            paid_days=trades.paid_day.nunique(where=paid),
            units=trades.units.sum(where=paid),
        )
    )[0]
    values["refunded_amount"] = money(sums["refunded_amount"])
    values["max_paid_amount"] = money(sums["max_paid_amount"])
    values["paid_days"] = sums["paid_days"]
    values["units"] = number(sums["units"])
    for name in ("review", "visit"):
        mine = scoped(table(name), scope).filter(_.member == member)
        values[f"{name}s"] = warehouse.scalar(mine.count())
    return [
        {
            "key": key,
            "label": translate(text),
            "value": None if values[key] is None else str(values[key]),
            "unit": unit,
        }
        for key, (text, unit) in TOTALS.items()
    ]


def _accounts(
    warehouse: Warehouse, person: Person, scope: Scope, ring: KeyRing
) -> list[dict[str, Any]]:
    """Every strong identity of the member, the best first, and why it is theirs."""
    keys = table("identity_key")
    mine = keys.filter(keys.member == person.member, keys.strength == "strong")
    rows = warehouse.rows(mine.order_by("key_no"))
    rows.sort(key=lambda row: (KINDS[row["kind"]].rank, row["key_no"]))
    shops = shop_rows(warehouse)
    numbers = [row["key_no"] for row in rows]
    trades = scoped(table("trade"), scope)
    counted = (
        trades.filter(trades.buyer_key.isin(numbers)).group_by("buyer_key").aggregate(n=_.count())
    )
    bought = {row["buyer_key"]: row["n"] for row in warehouse.rows(counted)}
    shown = {row["key_no"]: key_display(person, row, ring) for row in rows}
    named = {
        row["key_no"]: f"{translate(KINDS[row['kind']].label)} {shown[row['key_no']]}"
        for row in rows
    }
    why = _why(warehouse, named)
    return [
        {
            "key": str(row["key_no"]),
            "kind": row["kind"],
            "kind_label": translate(KINDS[row["kind"]].label),
            "scope": row["scope"],
            "platform": shops.get(row["shop"], {}).get("platform"),
            "shop_name": shops.get(row["shop"], {}).get("name"),
            "display": shown[row["key_no"]],
            "strength": row["strength"],
            "contested": bool(row["contested"]),
            "first_seen_at": instant(row["first_seen_at"]),
            "trades": bought.get(row["key_no"], 0),
            "why": why.get(row["key_no"], []),
        }
        for row in rows
    ]


def key_display(person: Person, key: Mapping[str, Any], ring: KeyRing) -> str:
    """An identity's own value, masked: the one of the person's values that hashes to it."""
    name = identities.FIELD_OF.get(key["kind"], key["kind"])
    for value in person.values.get(name, ()):
        plain = identities.comparable(key["kind"], value)
        if plain and ring.blind(key["kind"], key["scope"], plain) == key["hash"]:
            return normal.mask_any(name, value)
    return "****"


def _why(warehouse: Warehouse, named: Mapping[int, str]) -> dict[int, list[dict[str, Any]]]:
    """Per identity the links that tie it to others of the member, in sentences."""
    if len(named) < 2:
        return {}
    link = table("identity_link").filter(_.origin != HINT)
    among = link.filter(link.a.isin(list(named)) & link.b.isin(list(named)))
    found: dict[int, list[dict[str, Any]]] = {}
    for row in warehouse.rows(among.order_by("first_seen_at", "a", "b")):
        for mine, other in ((row["a"], row["b"]), (row["b"], row["a"])):
            reasons = found.setdefault(mine, [])
            if len(reasons) < _MOST_REASONS:
                reasons.append(_reason(row, named[other]))
    return found


def _reason(link: Mapping[str, Any], other: str) -> dict[str, Any]:
    kind, _colon, what = (link["evidence"] or "").partition(":")
    if link["origin"] == PERSON:
        kind = "decision"
    elif kind in {"trade", "review"}:
        what = what.partition(":")[2]
    text = EVIDENCE.get(kind, EVIDENCE["list"])
    return {
        "text": translate(text).format(what=what, other=other),
        "evidence": link["evidence"],
        "at": instant(link["first_seen_at"]),
    }


def _attributes(warehouse: Warehouse, member: int) -> list[dict[str, str]]:
    """Custom fields, the newest value of each name."""
    held = table("member_attribute").filter(_.member == member)
    rows = warehouse.rows(held.order_by("name", ibis.desc("version_at"), "fingerprint"))
    newest: dict[str, str] = {}
    for row in rows:
        if row["value"]:
            newest.setdefault(row["name"], row["value"])
    return [{"name": name, "value": value} for name, value in newest.items()]


def _contacts(
    warehouse: Warehouse, person: Person, scope: Scope, ring: KeyRing
) -> dict[str, list[str]]:
    receivers = people.receivers(warehouse, [person.member], ring, scope=scope)
    return {
        "phones": _distinct(person.all_masked("phone"), receivers, "phone"),
        "emails": person.all_masked("email"),
        "addresses": _distinct(person.all_masked("address"), receivers, "address"),
    }


def _distinct(own: list[str], receivers: Iterable[Mapping[str, str]], name: str) -> list[str]:
    theirs = (normal.mask_any(name, one[name]) for one in receivers if name in one)
    return list(dict.fromkeys([*own, *theirs]))


def _platform_label(platform: str | None) -> str | None:
    return label(PLATFORMS, platform)
