"""When is taking a file in once more sure to change nothing, so that it need not be read again?

Facts are joined: a version that the warehouse has seen never changes it again, whatever came in between
(docs/adr/0002). So the same bytes, read in the same way, into a warehouse that holds the batch that
brought them, are unchanged to the last record. "In the same way" is the recipe: a hash of everything
besides the bytes that decides what is staged — the program itself, the profile or mapping of every
table, the shop, the stores, the brand's zone and the index key. "Holds the batch" is its proof row;
whoever takes facts out of the warehouse takes the proof rows of their batches out too.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import huitou
from huitou.accounts.shops import ShopRow
from huitou.intake.models import Batch
from huitou.intake.plan import TablePlan, usable
from huitou.intake.workplace import Workplace

_PARTS = ("kernel", "warehouse", "members", "intake")


def recipe_of(
    name: str,
    plans: Sequence[TablePlan],
    shop: ShopRow,
    stores: Mapping[str, int],
    work: Workplace,
) -> str:
    """The hash of how a file is read. ``name``: its ending tells some formats apart."""
    parts = (
        program(),
        Path(name).suffix.lower(),
        [(plan.table, plan.profile) for plan in usable(plans)],
        (shop.shop, shop.code, shop.platform),
        sorted(stores.items()),
        work.zone,
        work.ring.blind("recipe", "", ""),
    )
    return hashlib.sha256(repr(parts).encode()).hexdigest()


@cache
def program() -> str:
    """A hash of the program text that turns bytes into facts."""
    root = Path(huitou.__file__).parent
    found = hashlib.sha256()
    for part in _PARTS:
        for path in sorted((root / part).rglob("*")):
            if path.suffix in (".py", ".json"):
                found.update(path.relative_to(root).as_posix().encode() + b"\0")
                found.update(hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()


def same_before(batch: Batch, recipe: str, work: Workplace) -> Batch | None:
    """The last batch of the same bytes and recipe that the warehouse holds."""
    earlier = Batch.objects.filter(
        sha256=batch.sha256, size=batch.size, recipe=recipe, state="committed", repeats=None
    ).last()
    if earlier is None or earlier.summary is None:
        return None
    found = work.warehouse.table("batch")
    held = work.warehouse.scalar(found.filter(found.batch == earlier.pk).count())
    return earlier if held else None
