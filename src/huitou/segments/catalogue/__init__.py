"""The catalogue: the ready attributes an operator chooses from, in the groups they think in.

``ATTRIBUTES`` by code; ``GROUPS`` in the order of the screen. See ``entry`` for what an entry is.
"""

from __future__ import annotations

from typing import Final

from huitou.segments.catalogue import who
from huitou.segments.catalogue.entry import GROUPS, Attribute

ATTRIBUTES: Final[dict[str, Attribute]] = {
    one.code: one for part in (who,) for one in part.ATTRIBUTES
}

__all__ = ["ATTRIBUTES", "GROUPS", "Attribute"]
