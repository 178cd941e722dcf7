"""On which shops and stores a person works: the data scope.

A scope is made here and applied in ``warehouse.scoping`` (facts) and ``accounts.reads`` (settings);
no other place filters by shop for access. A store is a shop of kind ``store``: one set covers both.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from huitou.kernel.errors import NotFound
from huitou.kernel.i18n import Text

if TYPE_CHECKING:
    from huitou.accounts.models import ApiKey, User


@dataclass(frozen=True)
class Scope:
    """The shop numbers a caller may see; ``None`` means every shop, present and future."""

    shops: frozenset[int] | None

    @classmethod
    def everything(cls) -> Scope:
        return cls(None)

    @classmethod
    def only(cls, shops: Iterable[int]) -> Scope:
        return cls(frozenset(shops))

    @property
    def is_everything(self) -> bool:
        return self.shops is None

    def allows(self, shop: int) -> bool:
        """Whether the caller may see this shop."""
        return self.shops is None or shop in self.shops

    def covers(self, other: Scope) -> bool:
        """Whether ``other`` reaches nothing that this scope does not."""
        if self.shops is None:
            return True
        return other.shops is not None and other.shops <= self.shops

    def narrowed(self, shops: Iterable[int] | None) -> Scope:
        """The part of the scope that a person picked on screen; no pick means all of it."""
        if shops is None:
            return self
        chosen = frozenset(shops)
        return Scope(chosen if self.shops is None else self.shops & chosen)

    def require(self, shop: int) -> None:
        """Raise ``NotFound`` for a shop outside the scope: what one may not see does not exist."""
        if not self.allows(shop):
            raise NotFound(Text("没有这个店铺", "There is no such shop"), where={"shop": shop})


def scope_of(holder: User | ApiKey) -> Scope:
    """The data scope of a user or an API key."""
    if holder.all_shops:
        return Scope.everything()
    return Scope.only(holder.shops.values_list("id", flat=True))
