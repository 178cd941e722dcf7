"""Who members are, for a page of them at a time: opened from the vault, shown masked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import ibis

from huitou.accounts.scopes import Scope
from huitou.kernel.crypto import KeyRing
from huitou.kernel.i18n import Text, translate
from huitou.members import normal, vault
from huitou.warehouse.scoping import scoped
from huitou.warehouse.store import Warehouse

FIELDS = ("nick", "name", "phone", "email", "address")
"""What a person may ask to see in plain; ``receiver`` comes from an order instead."""


@dataclass
class Person:
    """A member's values in plain, each field's newest first. Never leaves this part unmasked."""

    member: int
    values: dict[str, list[str]] = field(default_factory=dict)

    def first(self, name: str) -> str | None:
        """The newest value of a field."""
        held = self.values.get(name)
        return held[0] if held else None

    def masked(self, name: str) -> str | None:
        """The newest value of a field as a screen may show it."""
        value = self.first(name)
        return normal.mask_any(name, value) if value else None

    def all_masked(self, name: str) -> list[str]:
        return list(dict.fromkeys(normal.mask_any(name, one) for one in self.values.get(name, ())))

    @property
    def display_name(self) -> str:
        """Name, else nick, else phone, masked; else the member's number."""
        return (
            self.masked("name")
            or self.masked("nick")
            or self.masked("phone")
            or numbered_name(self.member)
        )


def numbered_name(member: int) -> str:
    return translate(Text(f"会员 {member}", f"Member {member}"))


def people(warehouse: Warehouse, members: Iterable[int], ring: KeyRing) -> dict[int, Person]:
    """The persons behind these members; a member that the vault knows nothing of has no values."""
    wanted = sorted(set(members))
    if not wanted:
        return {}
    keys = warehouse.table("identity_key")
    strong = keys.filter(keys.strength == "strong", keys.member.isin(wanted))
    rows = warehouse.rows(strong.order_by("key_no").select("member", "hash", "kind"))
    opened = vault.records((row["hash"] for row in rows), ring)
    found = {member: Person(member) for member in wanted}
    dated: dict[int, list[vault.Record]] = {}
    for row in rows:
        dated.setdefault(row["member"], []).extend(opened.get(row["hash"], ()))
    for member, records in dated.items():
        found[member].values = newest_first(records)
    return found


def newest_first(records: Iterable[vault.Record]) -> dict[str, list[str]]:
    """Per field its distinct values, the newest first (undated ones last)."""
    ordered = sorted(records, key=lambda one: (one.seen_at is not None, one.seen_at), reverse=True)
    values: dict[str, list[str]] = {}
    for record in ordered:
        for name, value in record.fields.items():
            known = values.setdefault(name, [])
            if value not in known:
                known.append(value)
    return values


def display_names(warehouse: Warehouse, members: Iterable[int], ring: KeyRing) -> dict[int, str]:
    """Masked names of these members."""
    return {
        member: person.display_name for member, person in people(warehouse, members, ring).items()
    }


def receivers(
    warehouse: Warehouse, members: Iterable[int], ring: KeyRing, *, scope: Scope, limit: int = 20
) -> list[dict[str, str]]:
    """The distinct receivers of these members' latest orders, in plain."""
    trade = scoped(warehouse.table("trade"), scope)
    theirs = trade.filter(trade.member.isin(sorted(set(members))), trade.receiver_ref.notnull())
    latest = theirs.order_by(ibis.desc("created_at"), "trade").limit(limit * 5)
    refs = [row["receiver_ref"] for row in warehouse.rows(latest.select("receiver_ref"))]
    distinct = list(dict.fromkeys(refs))[:limit]
    opened = vault.open_refs(distinct, ring)
    return [opened[ref] for ref in distinct if ref in opened]
