"""The identities that one row's cells hold, as keyed hashes: strong ones, which merge, and weak ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Final, Protocol

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

    def within(self, kind: str, scope: str) -> Callable[[str], bytes]:
        """The hash of values of one kind and scope."""
        begun = self._inner.copy()
        begun.update(f"{kind}\0{scope}\0".encode())
        start, finish = begun.copy, self._outer.copy

        def blind(value: str) -> bytes:
            inner = start()
            inner.update(value.encode())
            outer = finish()
            outer.update(inner.digest())
            digest: bytes = outer.digest()
            return digest[:BLIND_BYTES]

        return blind


class Identifier:
    """Finds the identities in the cells of one shop's rows.

    ``cells``: cleaned and not empty, by vault field.
    """

    def __init__(self, blinder: Blinder, shop: ShopLike) -> None:
        platform = platform_scope(shop.platform, shop.code)
        scopes = {"platform": platform, "shop": shop.code, "brand": BRAND_SCOPE}
        self._fields = {}
        for field, (kind_code, rule) in _FIELDS.items():
            is_display = field == "nick" and shop.platform not in UNIQUE_NICK_PLATFORMS
            kind = KINDS["nickname" if is_display else kind_code]
            scope = scopes[kind.breadth]
            self._fields[field] = (rule, kind, scope, blinder.within(kind.code, scope))
        self._phone = blinder.within("phone", BRAND_SCOPE)
        self._receiver_phone = blinder.within("receiver_phone", BRAND_SCOPE)
        self._name = blinder.within("name", BRAND_SCOPE)
        self._mask = blinder.within("phone_mask", BRAND_SCOPE)
        self._receiver = blinder.within("receiver", BRAND_SCOPE)

    def of_person(self, cells: Mapping[str, str]) -> tuple[tuple[Key, ...], tuple[Key, ...]]:
        """(strong, weak) identities of a buyer or a listed customer, each by rank, then hash.

        The first strong identity names the buyer.
        """
        keys: list[Key] = []
        for field, cell in cells.items():
            known = self._fields.get(field)
            if known is not None:
                rule, kind, scope, blind = known
                value = rule(cell)
                if value is not None:
                    keys.append((kind.rank, blind(value), kind.code, scope))
        keys += self._contact(cells, is_theirs=True)
        keys.sort()
        strong = tuple([key for key in keys if key[0] < WEAK_RANK])
        return strong, tuple(keys[len(strong) :])

    def of_receiver(self, cells: Mapping[str, str]) -> tuple[Key, ...]:
        """Weak identities of a receiver, who need not be the buyer."""
        return tuple(self._contact(cells, is_theirs=False))

    def _contact(self, cells: Mapping[str, str], *, is_theirs: bool) -> list[Key]:
        """What ``name``, ``phone`` and ``address`` say; only a person's own mobile is strong."""
        keys: list[Key] = []
        phone = normal.phone(cells["phone"]) if "phone" in cells else None
        if phone is not None:
            if phone.form == "mobile" and is_theirs:
                keys.append((KINDS["phone"].rank, self._phone(phone.value), "phone", BRAND_SCOPE))
            elif phone.form in _COMPARABLE:
                found = self._receiver_phone(phone.value)
                keys.append((WEAK_RANK, found, "receiver_phone", BRAND_SCOPE))
        name = normal.name(cells["name"]) if "name" in cells else None
        if name is None:
            return keys
        keys.append((WEAK_RANK, self._name(name), "name", BRAND_SCOPE))
        tail = normal.phone_tail(phone) if phone is not None else None
        if tail is not None:
            found = self._mask(f"{tail}{_SEPARATOR}{name}")
            keys.append((WEAK_RANK, found, "phone_mask", BRAND_SCOPE))
        address = normal.address(cells["address"]) if "address" in cells else None
        if address is not None:
            found = self._receiver(f"{name}{_SEPARATOR}{address}")
            keys.append((WEAK_RANK, found, "receiver", BRAND_SCOPE))
        return keys


_COMPARABLE: Final = frozenset({"mobile", "opaque", "landline"})
_FIELDS: Final[dict[str, tuple[str, Callable[[str], str | None]]]] = {
    # vault field → kind of identity, and the form it is compared in
    "ouid": ("ouid", normal.token),
    "open_id": ("open_id", normal.token),
    "nick": ("nick", normal.nick),
    "customer_no": ("customer", normal.card_no),
    "unionid": ("unionid", normal.token),
    "wecom_id": ("wecom_id", normal.token),
    "omid": ("omid", normal.token),
    "card_no": ("card_no", normal.card_no),
    "email": ("email", normal.email),
    "alipay": ("alipay", normal.alipay),
}
FIELD_OF: Final = {kind: field for field, (kind, _rule) in _FIELDS.items()}
"""The vault field that holds a strong identity's value, by kind."""


def comparable(kind: str, value: str) -> str | None:
    """A value as it is hashed for a strong identity of a kind."""
    if kind == "phone":
        return normal.mobile(value)
    known = _FIELDS.get(FIELD_OF.get(kind, kind))
    return known[1](value) if known else None
