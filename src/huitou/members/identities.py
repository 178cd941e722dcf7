"""The identities that one row's cells hold, as keyed hashes: strong ones, which merge, and weak ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any, Final, Protocol

from huitou.kernel.crypto import BLIND_BYTES
from huitou.members import normal
from huitou.members.keys import (
    BRAND_SCOPE,
    KINDS,
    UNIQUE_NICK_PLATFORMS,
    WEAK_RANK,
    platform_scope,
)

_SEPARATOR: Final = "\x1f"


class ShopLike(Protocol):
    """What is needed of ``accounts.shops.ShopRow``."""

    @property
    def code(self) -> str: ...
    @property
    def platform(self) -> str: ...


Key = tuple[int, bytes, str, str]
"""(rank, hash, kind, scope); ``hash`` is ``KeyRing.blind(kind, scope, value)``. A bare tuple, because
millions of them are made and the garbage collector lets go of those."""


class Blinder:
    """``KeyRing.blind`` with the key schedule computed once: three times as fast over many values."""

    def __init__(self, index: bytes) -> None:
        key = (index if len(index) <= 64 else sha256(index).digest()).ljust(64, b"\0")
        self._inner = sha256(bytes(byte ^ 0x36 for byte in key))
        self._outer = sha256(bytes(byte ^ 0x5C for byte in key))

        self._begun: dict[tuple[str, str], Any] = {}

    def __call__(self, kind: str, scope: str, value: str) -> bytes:
        begun = self._begun.get((kind, scope))
        if begun is None:
            begun = self._begun[kind, scope] = self._inner.copy()
            begun.update(f"{kind}\0{scope}\0".encode())
        inner = begun.copy()
        inner.update(value.encode())
        outer = self._outer.copy()
        outer.update(inner.digest())
        digest: bytes = outer.digest()
        return digest[:BLIND_BYTES]


def of_person(
    cells: Mapping[str, str], blind: Blinder, shop: ShopLike
) -> tuple[tuple[Key, ...], tuple[Key, ...]]:
    """(strong, weak) identities of a buyer or a listed customer, each by rank, then hash.

    ``cells``: cleaned and not empty, by vault field. The first strong identity names the buyer.
    """
    platform = platform_scope(shop.platform, shop.code)
    keys: list[Key] = []
    for field, cell in cells.items():
        rule = _RULES.get(field)
        value = rule(cell) if rule else None
        if value is None:
            continue
        kind = _KIND_OF[field]
        if kind == "nick" and shop.platform not in UNIQUE_NICK_PLATFORMS:
            kind = "nickname"
        breadth = KINDS[kind].breadth
        scope = {"platform": platform, "shop": shop.code}.get(breadth, BRAND_SCOPE)
        keys.append((KINDS[kind].rank, blind(kind, scope, value), kind, scope))
    keys += _contact(cells, blind, "phone")
    keys.sort()
    strong = tuple([key for key in keys if key[0] < WEAK_RANK])
    return strong, tuple(keys[len(strong) :])


def of_receiver(cells: Mapping[str, str], blind: Blinder) -> tuple[Key, ...]:
    """Weak identities of a receiver, who need not be the buyer. ``cells`` as in ``of_person``."""
    return tuple(_contact(cells, blind, "receiver_phone"))


def _contact(cells: Mapping[str, str], blind: Blinder, mobile_kind: str) -> list[Key]:
    """What ``name``, ``phone`` and ``address`` say; only a person's own mobile is strong."""
    keys: list[Key] = []

    def add(kind: str, value: str) -> None:
        rank = WEAK_RANK if kind != "phone" else KINDS[kind].rank
        keys.append((rank, blind(kind, BRAND_SCOPE, value), kind, BRAND_SCOPE))

    phone = normal.phone(cells["phone"]) if "phone" in cells else None
    name = normal.name(cells["name"]) if "name" in cells else None
    if phone:
        if phone.form == "mobile":
            add(mobile_kind, phone.value)
        elif phone.form in {"opaque", "landline"}:
            add("receiver_phone", phone.value)
    if name:
        add("name", name)
        tail = normal.phone_tail(phone) if phone else None
        if tail:
            add("phone_mask", f"{tail}{_SEPARATOR}{name}")
        address = normal.address(cells["address"]) if "address" in cells else None
        if address:
            add("receiver", f"{name}{_SEPARATOR}{address}")
    return keys


_KIND_OF: Final = {
    "ouid": "ouid",
    "open_id": "open_id",
    "nick": "nick",
    "customer_no": "customer",
    "unionid": "unionid",
    "wecom_id": "wecom",
    "omid": "omid",
    "card_no": "card_no",
    "email": "email",
    "alipay": "alipay",
}
_RULES: Final[dict[str, Callable[[str], str | None]]] = {
    "ouid": normal.token,
    "open_id": normal.token,
    "nick": normal.nick,
    "customer_no": normal.card_no,
    "unionid": normal.token,
    "wecom_id": normal.token,
    "omid": normal.token,
    "card_no": normal.card_no,
    "email": normal.email,
    "alipay": normal.alipay,
}


FIELD_OF: Final = {kind: field for field, kind in _KIND_OF.items()}
"""The vault field that holds a strong identity's value, by kind."""


def comparable(kind: str, value: str) -> str | None:
    """A value as it is hashed for a strong identity of a kind."""
    if kind == "phone":
        return normal.mobile(value)
    rule = _RULES.get(FIELD_OF.get(kind, kind))
    return rule(value) if rule else None
