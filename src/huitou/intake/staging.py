"""One file's rows → sealed records in its stage, rejected rows aside. Row-wise chunks, bounded memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any, BinaryIO, Final

import pyarrow as pa
import pyarrow.compute as pc

from huitou.accounts.shops import ShopRow
from huitou.intake import archive
from huitou.intake.canonical import PERSONAL, Normalised
from huitou.intake.conveyor import Behind, ahead
from huitou.intake.masking import mask_value
from huitou.intake.normalise import normalised
from huitou.intake.plan import TablePlan, usable
from huitou.intake.readers import open_source
from huitou.intake.rejects import RejectsWriter
from huitou.intake.workplace import Workplace
from huitou.kernel.i18n import Text
from huitou.kernel.jobs import Progress
from huitou.members.sealing import Sealed, Sealer
from huitou.warehouse.staging import Stage

SAMPLE_ROWS: Final = 20
TABLE_SHIFT: Final = 40
"""``row_no`` of the n-th table of a file is n × 2^40 + the row, so that rows of two tables differ."""
READING: Final = Text("读取与校验", "Reading and checking")


class WatchedFile:
    """The archived original, opened as often as readers like; knows how far it has been read."""

    def __init__(self, work: Workplace, name: str, size: int) -> None:
        self._work = work
        self._name = name
        self.size = size
        self._readers: list[archive.ArchiveReader] = []

    def open(self) -> BinaryIO:
        reader = archive.ArchiveReader(self._work.home.files, self._name, self._work.ring)
        self._readers.append(reader)
        return archive.buffered(reader)

    @property
    def position(self) -> int:
        """The furthest byte that any reader has come to."""
        return max((reader.furthest for reader in self._readers), default=0)

    def close(self) -> None:
        for reader in self._readers:
            reader.close()


@dataclass
class Staged:
    """What staging found. ``counts``: records per set. ``unknown``: words no map knows, by field."""

    rows: int = 0
    rejected: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    reasons: list[dict[str, Any]] = field(default_factory=list)
    unknown: dict[str, Counter[str]] = field(default_factory=dict)
    sample: list[dict[str, Any]] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not any(self.counts.values())


class Stager:
    """Fills the stage of one batch."""

    def __init__(
        self,
        work: Workplace,
        stage: Stage,
        rejects: RejectsWriter,
        *,
        shop: ShopRow,
        stores: Mapping[str, int],
    ) -> None:
        self._work = work
        self._stage = stage
        self._rejects = rejects
        self._shop = shop
        self._stores = stores
        self._sealer = Sealer(work.ring, shop)
        self._seal: dict[str, Callable[[pa.Table], Sealed]] = {
            "trades": self._sealer.seal_trades,
            "profiles": self._sealer.seal_profiles,
            "reviews": self._sealer.seal_reviews,
            "visits": self._sealer.seal_visits,
        }
        self.found = Staged()

    def run(
        self, source: WatchedFile, name: str, plans: Sequence[TablePlan], progress: Progress
    ) -> Staged:
        """Read every planned table. Raises what readers and normalising raise, and ``Cancelled``."""
        by_table = {plan.table: plan for plan in usable(plans)}
        salt = self._work.ring.blind("salt", "trade_id", "")
        for number, table in enumerate(open_source(source.open, name).tables()):
            plan = by_table.get(number)
            if plan is None or plan.profile is None:
                continue
            parts = normalised(
                table,
                plan.profile,
                shop=self._shop,
                zone=self._work.zone,
                stores=self._stores,
                salt=salt,
            )
            with closing(ahead(parts)) as made, Behind() as behind:
                for part in made:
                    self._take(number, part, behind)
                    progress.step(min(source.position, source.size), source.size, READING)
        self.found.rejected = self._rejects.finish()
        self.found.reasons = [
            {"code": code, "zh": self._rejects.reasons[code].zh,
             "en": self._rejects.reasons[code].en, "count": count}
            for code, count in self._rejects.counts.most_common()
        ]  # fmt: skip
        return self.found

    def _take(self, number: int, part: Normalised, behind: Behind) -> None:
        found = self.found
        found.rows += part.rows
        for reject in part.rejects:
            self._rejects.add(number, reject)
        for name, words in part.unknown.items():
            found.unknown.setdefault(name, Counter()).update(words)
        for record_set, table in part.tables.items():
            if table.num_rows == 0:
                continue
            found.counts[record_set] += table.num_rows
            if len(found.sample) < SAMPLE_ROWS:
                found.sample += _sample(record_set, table, SAMPLE_ROWS - len(found.sample))
            self._append(record_set, _numbered(table, number), behind)

    def _append(self, record_set: str, table: pa.Table, behind: Behind) -> None:
        """Seal here, while the next rows are being read and the last ones being stored."""
        seal = self._seal.get(record_set)
        if seal is None:
            behind.do(partial(self._stage.append, record_set, table))
            return
        sealed = seal(table)
        behind.do(partial(self._stage.append, record_set, sealed.records))
        behind.do(partial(self._stage.append, "keys", sealed.keys))
        behind.do(partial(self._stage.append, "secrets", sealed.secrets))


def row_in_file(row_no: int) -> int:
    """The source row of a staged ``row_no``."""
    return row_no & ((1 << TABLE_SHIFT) - 1)


def _numbered(table: pa.Table, number: int) -> pa.Table:
    if number == 0:
        return table
    at = table.schema.get_field_index("row_no")
    moved = pc.add(table["row_no"], pa.scalar(number << TABLE_SHIFT, pa.int64()))
    return table.set_column(at, "row_no", moved)


def _sample(record_set: str, table: pa.Table, rows: int) -> list[dict[str, Any]]:
    """The first records as a person may see them: personal values masked, empty columns left out."""
    personal = PERSONAL.get(record_set, {})
    shown = []
    for row in table.slice(0, rows).to_pylist():
        cells: dict[str, Any] = {"set": record_set}
        for name, value in row.items():
            if value is None or name in ("shop", "version_rank", "is_stub", "line_rank"):
                continue
            cells[name] = mask_value(str(value)) if name in personal else _plain(value)
        shown.append(cells)
    return shown


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat() + "Z"
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return value
