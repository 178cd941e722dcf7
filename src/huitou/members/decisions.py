"""What people decided, as the partition needs it. Reads the app database only."""

from __future__ import annotations

from huitou.members.models import IdentityDecision
from huitou.members.regroup import Separation

STANDING = ("pending", "active")


def standing_separations() -> list[Separation]:
    """Separations that hold, in the order they were made."""
    rows = IdentityDecision.objects.filter(kind="separate", state__in=STANDING).order_by("id")
    return [
        Separation(
            frozenset(map(bytes.fromhex, row.left)), frozenset(map(bytes.fromhex, row.right))
        )
        for row in rows
    ]
