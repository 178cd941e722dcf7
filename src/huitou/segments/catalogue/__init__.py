"""The catalogue: the ready attributes an operator chooses from, in the groups they think in.

``ATTRIBUTES`` by code; ``GROUPS`` in the order of the screen. See ``entry`` for what an entry is.
"""

from __future__ import annotations

from typing import Final

from huitou.segments.catalogue import (
    how,
    loyalty,
    price,
    reached,
    reviews,
    service,
    stores,
    visits,
    what,
    when,
    where,
    who,
)
from huitou.segments.catalogue.entry import GROUPS, Attribute

PARTS: Final = (
    who,
    how,
    what,
    when,
    where,
    price,
    service,
    reviews,
    visits,
    reached,
    loyalty,
    stores,
)
ATTRIBUTES: Final[dict[str, Attribute]] = {
    one.code: one for part in PARTS for one in part.ATTRIBUTES
}

__all__ = ["ATTRIBUTES", "GROUPS", "PARTS", "Attribute"]
