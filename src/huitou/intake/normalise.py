"""A table's rows through a profile into canonical records.

>>> for part in normalised(table, profile, shop=shop, zone="Asia/Shanghai", salt=salt):
...     part.tables["trades"], part.rejects

Vectorised throughout: Arrow kernels on whole columns, Python only for distinct words, rejected rows
and rare shapes. A report with a row per line is looked at twice, first at its order numbers alone,
so that orders whose rows lie apart still come out as one trade (see ``grouping``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from huitou.intake import records
from huitou.intake.ahead import read_ahead
from huitou.intake.canonical import MONEY, QTY, STRING, Normalised, table_of
from huitou.intake.converters import clean, true_rows
from huitou.intake.frame import Frame, Layout, fit, read
from huitou.intake.grouping import FileState, group
from huitou.intake.joined import explode
from huitou.intake.lines import SEPARATOR, content, digest, line_columns
from huitou.intake.profiles.base import Profile
from huitou.intake.readers.delimited import DelimitedTable
from huitou.intake.readers.table import RawBatch, RawTable
from huitou.intake.trades import (
    EPOCH,
    ZERO,
    Context,
    Shop,
    add,
    index_of_status,
    keep,
    negate,
    status_at,
    trade_columns,
    version_rank,
)
from huitou.kernel.errors import InvalidInput
from huitou.kernel.i18n import Text
from huitou.warehouse.schema import STATUSES

BATCH_ROWS: Final = 50_000
_CLOSED: Final = STATUSES.index("closed_unpaid")
_PAID: Final = STATUSES.index("paid")
NONE: Final = pa.scalar(Decimal(0), QTY)


class MissingColumns(InvalidInput):
    """The file lacks columns that the chosen profile cannot do without."""

    code = "file_missing_columns"


def source_of(profile: Profile, shop: Shop) -> str:
    """The namespace of a file's numbers: the platform, or the shop's code for tills and own malls."""
    return profile.options.source or profile.platform or shop.code


class Normaliser:
    """Rows to records for one table. ``missing`` columns raise; call ``scan`` first if ``needs_scan``."""

    def __init__(
        self,
        profile: Profile,
        header: Sequence[str],
        *,
        shop: Shop,
        zone: str,
        stores: Mapping[str, int] | None = None,
        salt: bytes = b"",
        name: str = "",
    ) -> None:
        self.layout: Layout = fit(profile, header)
        if self.layout.missing:
            columns = "、".join(self.layout.missing)
            raise MissingColumns(
                Text(
                    f"{name} 缺少“{profile.label.zh}”必需的列：{columns}",
                    f"{name} lacks columns that “{profile.label.en}” needs: {columns}",
                ),
                remedy=Text(
                    "导出时勾选这些列，或改用自定义映射",
                    "Tick these columns when exporting, or use a mapping",
                ),
                where={"file": name, "columns": list(self.layout.missing)},
            )
        self.profile = profile
        self.context = Context(
            shop, source_of(profile, shop), zone, stores or {}, salt, profile.quality
        )
        self.state = FileState()

    @property
    def needs_scan(self) -> bool:
        """Whether rows far apart in the file can belong together."""
        made = self.profile.options.trade_id_from is not None
        return self.profile.grain in ("line", "review") or made

    def scan(self, table: RawTable, batch_rows: int = BATCH_ROWS) -> None:
        """The first look at a table that ``needs_scan``. Use the same ``batch_rows`` afterwards."""
        self.state.scan(
            self._group_ids(raw) for raw in table.batches(self._scan_columns(), batch_rows)
        )

    def _scan_columns(self) -> list[int] | None:
        if self.profile.grain == "review":
            return None
        wanted = set(self.profile.options.trade_id_from or ("trade_id",))
        places = [p.position for p in self.layout.places if p.column.field in wanted]
        return sorted({place for place in places if place is not None})

    def _group_ids(self, raw: RawBatch) -> pa.Array:
        options = self.profile.options
        if self.profile.grain == "review":
            return records.reviews(read(self.layout, raw, self.context.zone), self.context)[1]
        if options.trade_id_from is not None:
            frame = read(self.layout, raw, self.context.zone, frozenset(options.trade_id_from))
            return self._made_ids(frame)
        place = next(p for p in self.layout.places if p.column.field == "trade_id")
        assert place.position is not None
        return clean(raw.column(place.position))

    def _made_ids(self, frame: Frame) -> pa.Array:
        """A hash of the fields that stand for an order number; equal for identical rows."""
        names = self.profile.options.trade_id_from or ()
        parts = [
            pc.fill_null(frame.values[name].cast(STRING), "")
            for name in names
            if name in frame.values
        ]
        joined = pc.binary_join_element_wise(*parts, SEPARATOR)
        return pa.array([digest(text, self.context.salt) for text in joined.to_pylist()], STRING)

    def batch(self, raw: RawBatch) -> Normalised:
        """The records of one batch; trades that other batches have rows of come with ``finish``."""
        rows = len(raw) + len(raw.bad)
        if self.profile.options.joined_lines:
            raw = explode(raw, self.layout)
        frame = read(self.layout, raw, self.context.zone)
        out = Normalised(rows=rows)
        grain = self.profile.grain
        if grain in ("trade", "line"):
            self._trades(frame, out)
        elif grain == "refund":
            self._simple(frame, out, "refunds", records.refunds(frame, self.context))
        elif grain == "item":
            self._simple(frame, out, "items", records.items(frame, self.context))
            if self.profile.options.also_by_title:
                listed = out.tables["items"]
                out.tables["items"] = pa.concat_tables([listed, records.by_title(listed)])
        elif grain == "visit":
            self._simple(frame, out, "visits", records.visits(frame, self.context))
        elif grain == "review":
            columns, base = records.reviews(frame, self.context)
            number = pa.array(self.state.ordinals(base)).cast(STRING)
            own = pc.is_valid(frame.get("review_id"))
            columns["review_key"] = pc.if_else(
                own, base, pc.binary_join_element_wise(base, number, ":")
            )
            self._simple(frame, out, "reviews", columns)
        elif grain == "profile":
            columns = records.profiles(frame, self.context)
            self._simple(frame, out, "profiles", columns)
            good = pa.array(~frame.rejected())
            out.tables["profile_attributes"] = records.profile_attributes(
                frame, columns["version_at"], good
            )
        elif grain == "parcel":
            trade = {
                name: frame.get(name, kind)
                for name, kind in (
                    ("trade_id", STRING),
                    ("shipped_at", EPOCH.type),
                    ("signed_at", EPOCH.type),
                )
            }
            parcels = records.parcels(frame, self.context, trade)
            frame.fault("missing", "parcel.waybill", true_rows(pc.is_null(parcels["waybill"])))
            self._simple(frame, out, "parcels", parcels)
        elif grain == "trace":
            self._simple(frame, out, "parcel_events", records.traces(frame))
        out.rejects = frame.rejects()
        out.unknown = frame.unknown
        return out

    def _simple(self, frame: Frame, out: Normalised, name: str, columns: records.Columns) -> None:
        table = table_of(name, columns, frame.rows)
        bad = frame.rejected()
        out.tables[name] = table.filter(pa.array(~bad)) if bad.any() else table

    def _trades(self, frame: Frame, out: Normalised) -> None:
        options = self.profile.options
        if options.trade_id_from is not None:
            base = self._made_ids(frame)
            number = pa.array(self.state.ordinals(base)).cast(STRING)
            frame.values["trade_id"] = pc.binary_join_element_wise(base, number, "-")
        columns = trade_columns(frame, self.context)
        lines: dict[str, pa.Array] = {}
        if "lines" in self.profile.produces:
            lines = line_columns(frame, columns["status"])
            if (
                frame.has("line.item_key")
                or frame.has("line.title")
                or frame.has("line.merchant_code")
            ):
                frame.fault("item_missing", "line.title", true_rows(pc.is_null(lines["item_key"])))
        parcel_rows = (
            table_of("parcels", records.parcels(frame, self.context, columns), frame.rows)
            if "parcels" in self.profile.produces
            else None
        )
        good = ~frame.rejected()
        columns, lines = keep(columns, good), keep(lines, good)
        if parcel_rows is not None:
            parcel_rows = parcel_rows.filter(pa.array(good))
            parcel_rows = parcel_rows.filter(pc.is_valid(parcel_rows["waybill"]))
            out.tables["parcels"] = _distinct(parcel_rows, ["trade_id", "waybill"])
        if lines:
            out.tables["lines"] = self._line_table(columns, lines)
        rows = _trade_rows(columns, lines, int(good.sum()))
        if self.profile.grain == "line":
            totals = options.totals
            straddling = pa.array(self.state.straddles(rows["trade_id"].combine_chunks()))
            held = rows.filter(straddling)
            if held.num_rows:
                self.state.held.append(group(held, totals))
            rows = group(rows.filter(pc.invert(straddling)), totals)
        self._emit(rows, out)

    def _line_table(self, trade: dict[str, pa.Array], lines: dict[str, pa.Array]) -> pa.Table:
        rows = len(trade["trade_id"])
        keys = lines["line_id"]
        if keys.null_count:
            what = content(lines)
            if self.profile.grain == "line":
                number = self.state.ordinals(trade["trade_id"], what)
            else:
                number = np.ones(rows, dtype=np.int64)
            made = pc.binary_join_element_wise(what, pa.array(number).cast(STRING), ":")
            keys = pc.coalesce(keys, made)
        return table_of(
            "lines",
            {
                **lines,
                "row_no": trade["row_no"],
                "source": pa.scalar(self.context.source),
                "trade_id": trade["trade_id"],
                "shop": pa.scalar(self.context.shop.shop),
                "line_key": keys,
                "line_rank": pa.scalar(self.profile.line_rank),
                "version_rank": version_rank(
                    index_of_status(lines["status"]), self.context.quality
                ),
            },
            rows,
        )

    def finish(self) -> Normalised:
        """The trades whose rows lay in several batches. Call once, after the last batch."""
        out = Normalised()
        if self.state.held:
            rows = group(pa.concat_tables(self.state.held), self.profile.options.totals)
            self.state.held = []
            self._emit(rows, out)
        return out

    def _emit(self, rows: pa.Table, out: Normalised) -> None:
        if not rows.num_rows:
            out.tables.setdefault("trades", table_of("trades", {}, 0))
            return
        columns = {name: _flat(rows[name]) for name in rows.schema.names}
        index = pc.coalesce(columns["open_status"], columns["last_status"])
        goods = pc.coalesce(columns["goods_amount"], columns["line_goods"])
        units = pc.coalesce(columns["units"], columns["line_units"])
        paid = pc.coalesce(columns["paid_amount"], columns["line_paid"])
        if "lines" in self.profile.produces:
            total = add(add(goods, columns["postage_amount"]), negate(columns["discount_amount"]))
            unpaid = pc.or_(pc.less(index, _PAID), pc.equal(index, _CLOSED))
            paid = pc.coalesce(paid, pc.if_else(unpaid, ZERO, total))
        refunded = pc.coalesce(columns["refunded_amount"], columns["line_refunded"])
        columns["shop"] = self._shops(columns["store"])
        if self.profile.options.negative_qty == "return":
            back = pc.or_(
                pc.less(pc.fill_null(paid, ZERO), ZERO),
                pc.less(pc.fill_null(units, NONE), NONE),
            )
            amount = pc.abs(pc.fill_null(paid, ZERO)).cast(MONEY)
            index = pc.if_else(back, STATUSES.index("closed_refunded"), index)
            refunded = pc.if_else(back, amount, refunded)
            goods, paid = pc.if_else(back, ZERO, goods), pc.if_else(back, ZERO, paid)
            if pc.any(back).as_py():
                out.tables["refunds"] = self._returns(columns, amount, back)
        columns.update(
            status=status_at(index),
            goods_amount=goods,
            paid_amount=paid,
            refunded_amount=pc.fill_null(refunded, ZERO),
            units=units,
            version_rank=version_rank(index, self.context.quality),
            source=pa.scalar(self.context.source),
            is_stub=pa.scalar(self.profile.stubs),
        )
        out.tables["trades"] = table_of("trades", columns, rows.num_rows)

    def _shops(self, stores: pa.Array) -> pa.Array:
        """Whose trades these are: of tills, the store's own; else the shop of the file."""
        shop = pa.scalar(self.context.shop.shop, pa.int32())
        of_stores = self.context.shop.platform in ("pos", "own", "other")
        return pc.fill_null(stores, shop) if of_stores else pa.repeat(shop, len(stores))

    def _returns(self, columns: dict[str, Any], amount: pa.Array, back: pa.Array) -> pa.Table:
        """Goods that came back, as refunds of the order they name, else of their own number."""
        every = table_of(
            "refunds",
            {
                "row_no": columns["row_no"],
                "source": pa.scalar(self.context.source),
                "shop": columns["shop"],
                "refund_id": columns["trade_id"],
                "trade_id": pc.coalesce(columns["refund_of"], columns["trade_id"]),
                "state": pa.scalar("success"),
                "finished_at": columns["created_at"],
                "amount": amount,
                "is_return": pa.scalar(True),
                "version_at": columns["version_at"],
            },
            len(amount),
        )
        return every.filter(back)


def _flat(column: pa.ChunkedArray) -> pa.Array:
    chunks = column.combine_chunks()
    return chunks if isinstance(chunks, pa.Array) else pa.concat_arrays(column.chunks)


def _distinct(table: pa.Table, names: list[str]) -> pa.Table:
    """The first row of each combination of values."""
    if not table.num_rows:
        return table
    first = table.append_column("_at", pa.array(np.arange(table.num_rows)))
    at = first.group_by(names).aggregate([("_at", "min")])["_at_min"]
    return (
        table.take(pc.sort_indices(at).cast(pa.int64()))
        if len(at) == table.num_rows
        else table.take(pa.array(np.sort(at.to_numpy())))
    )


def _trade_rows(columns: dict[str, pa.Array], lines: dict[str, pa.Array], rows: int) -> pa.Table:
    """Trade columns per row with what grouping needs beside them."""
    index = index_of_status(columns["status"])
    money, qty = pa.nulls(rows, MONEY), pa.nulls(rows, QTY)
    extra = {
        "open_status": pc.if_else(pc.less(index, _CLOSED), index, pa.scalar(None, index.type)),
        "last_status": index,
        "line_goods": lines.get("line_amount", money),
        "line_paid": lines.get("paid_amount", money),
        "line_refunded": lines.get("refunded_amount", money),
        "line_units": lines.get("qty", qty),
        "refund_of": lines.get("refund_of", pa.nulls(rows, STRING)),
    }
    kept = {name: values for name, values in columns.items() if name != "status"}
    return pa.table({**kept, **extra})


def prepared(table: RawTable, profile: Profile) -> RawTable:
    """The table as the profile wants it read: its delimiter, its header row, or none."""
    options = profile.options
    if isinstance(table, DelimitedTable):
        table = table.with_delimiter(options.delimiter)
    if options.no_header or options.header_row is not None:
        table = table.with_header(0 if options.no_header else options.header_row)
    return table


def normalised(
    table: RawTable,
    profile: Profile,
    *,
    shop: Shop,
    zone: str,
    stores: Mapping[str, int] | None = None,
    salt: bytes = b"",
    batch_rows: int = BATCH_ROWS,
) -> Iterator[Normalised]:
    """Every row of a table as canonical records, in parts.

    ``stores``: store numbers by code and by name. ``salt``: up to 64 secret bytes that key ids made
    from personal values (files without order numbers); the same for all files of an installation.
    Raises ``MissingColumns``, and ``UnreadableFile`` while reading. Trades of ``grain="line"`` files
    that straddle batches come in the last part.
    """
    table = prepared(table, profile)
    normaliser = Normaliser(
        profile, table.header, shop=shop, zone=zone, stores=stores, salt=salt, name=table.name
    )
    if normaliser.needs_scan:
        normaliser.scan(table, batch_rows)
    for raw in read_ahead(table.batches(batch_rows=batch_rows)):
        yield normaliser.batch(raw)
    last = normaliser.finish()
    if last.tables:
        yield last
