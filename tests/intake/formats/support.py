"""Making files in code and reading them back. All names, numbers and addresses are invented."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from huitou.intake.canonical import Reject
from huitou.intake.normalise import normalised
from huitou.intake.profiles import PROFILES
from huitou.intake.profiles.base import Profile
from huitou.intake.readers import open_source

DATA = Path(__file__).parents[3].parent / "shared" / "data"
ZONE = "Asia/Shanghai"


@dataclass(frozen=True)
class AShop:
    shop: int = 7
    code: str = "tb1"
    platform: str = "taobao"


@dataclass
class Found:
    """Everything a file yields."""

    tables: dict[str, pa.Table]
    rejects: list[Reject]
    rows: int
    unknown: dict[str, Counter[str]]

    def of(self, name: str) -> list[dict[str, Any]]:
        table = self.tables.get(name)
        return [] if table is None else table.to_pylist()

    def one(self, name: str = "trades") -> dict[str, Any]:
        rows = self.of(name)
        assert len(rows) == 1, (rows, self.rejects)
        return rows[0]

    def by_id(self, name: str = "trades", key: str = "trade_id") -> dict[str, dict[str, Any]]:
        return {row[key]: row for row in self.of(name)}

    def reject(self) -> Reject:
        assert len(self.rejects) == 1, self.rejects
        return self.rejects[0]


def csv_bytes(
    header: Sequence[str] | str,
    rows: Iterable[Sequence[str] | dict[str, str]],
    encoding: str = "utf-8-sig",
    delimiter: str = ",",
) -> bytes:
    """A csv file. Rows are cells in order, or cells by header."""
    names = header.split(",") if isinstance(header, str) else list(header)
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\n")
    writer.writerow(names)
    for row in rows:
        if isinstance(row, dict):
            assert set(row) <= set(names), set(row) - set(names)
            writer.writerow([row.get(name, "") for name in names])
        else:
            writer.writerow(row)
    return out.getvalue().encode(encoding)


def read(
    content: bytes | Path,
    profile: str | Profile,
    *,
    name: str = "file.csv",
    shop: AShop = AShop(),
    zone: str = ZONE,
    stores: dict[str, int] | None = None,
    batch_rows: int = 50_000,
) -> Found:
    """All tables of a file through a profile."""
    chosen = PROFILES[profile] if isinstance(profile, str) else profile
    source = open_source(content if isinstance(content, Path) else io.BytesIO(content), name)
    found = Found({}, [], 0, {})
    parts: dict[str, list[pa.Table]] = {}
    for table in source.tables():
        for part in normalised(
            table, chosen, shop=shop, zone=zone, stores=stores, salt=b"salt", batch_rows=batch_rows
        ):
            for set_name, rows in part.tables.items():
                parts.setdefault(set_name, []).append(rows)
            found.rejects += part.rejects
            found.rows += part.rows
            for field, words in part.unknown.items():
                found.unknown.setdefault(field, Counter()).update(words)
    found.tables = {set_name: pa.concat_tables(rows) for set_name, rows in parts.items()}
    return found
