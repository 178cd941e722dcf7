"""Puts the demo brand into a home, the way files come in: sealed, staged, committed batch by batch.

``home.root/demo.json`` (the stamp) remembers what was asked for, so that the same call does nothing,
an interrupted one goes on, and ``append`` moves the same world forward to a later instant.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc

from huitou.accounts import shops
from huitou.accounts.shops import ShopRow
from huitou.demo import audiences, setup
from huitou.demo.brand import BRAND_NAME, SHOPS
from huitou.demo.generate import EVENING, SETS, Chunk, Options, generate, present_of
from huitou.intake import batches, pipeline
from huitou.intake.masking import mask_row
from huitou.intake.models import Batch
from huitou.intake.workplace import Workplace
from huitou.kernel.clock import DEFAULT_ZONE
from huitou.kernel.errors import Conflict, InvalidInput
from huitou.kernel.home import Home
from huitou.kernel.i18n import Text
from huitou.kernel.jobs import Progress
from huitou.members.sealing import Sealer
from huitou.warehouse.staging import Stage

STAMP: Final = "demo.json"
MAKING: Final = Text("生成会员与订单", "Making people and orders")
SAMPLE_ROWS: Final = 5
SHOP_SHIFT: Final = 48
"""``row_no`` of the n-th shop in a load is n × 2^48 + the row, so that rows of two shops differ."""


@dataclass(frozen=True)
class Load:
    """One file-like load: some record sets of some shops. ``main`` is the set that is counted."""

    name: Text
    shops: tuple[str, ...]
    sets: tuple[str, ...]
    main: str


_ONLINE: Final = tuple(shop for shop in SHOPS if shop.kind == "online")
_STORES: Final = tuple(shop.code for shop in SHOPS if shop.kind == "store")
_ALL: Final = tuple(shop.code for shop in SHOPS)
_TRADE_SETS: Final = ("trades", "lines", "refunds", "parcels", "parcel_events")
_LIST_SETS: Final = ("profiles", "profile_attributes")

LOADS: Final[tuple[Load, ...]] = (
    Load(Text("商品目录", "catalogue"), _ALL, ("items",), "items"),
    Load(Text("会员名单与会员卡", "member lists and cards"), _ALL, _LIST_SETS, "profiles"),
    *(
        Load(
            Text(f"{shop.name} 订单与物流", f"{shop.code} orders"),
            (shop.code,),
            _TRADE_SETS,
            "trades",
        )
        for shop in _ONLINE
    ),
    Load(Text("门店小票", "store tickets"), _STORES, _TRADE_SETS, "trades"),
    Load(Text("商品评价", "reviews"), _ALL, ("reviews",), "reviews"),
    Load(Text("访问与加购", "visits and carts"), _ALL, ("visits",), "visits"),
)
"""In the order in which they are committed: lists first, so that orders find their members."""
AT_ONCE: Final = (Load(Text("全部", "everything"), _ALL, SETS, "trades"),)
"""The same in one batch: quicker where nobody looks at the batches."""


@dataclass(frozen=True)
class Stamp:
    """What a home's demo was made of. ``until``: ISO instant; ``anchor``: ISO day."""

    members: int
    seed: int
    density: float
    anchor: str
    until: str
    is_complete: bool

    @property
    def instant(self) -> datetime:
        return datetime.fromisoformat(self.until)


@dataclass
class LoadReport:
    """What was done. ``users``: logins made now, with passwords that are kept nowhere else."""

    brand: str
    members: int
    seed: int
    until: str
    outcome: str  # loaded | appended | unchanged
    batches: list[dict[str, Any]] = field(default_factory=list)
    users: list[dict[str, str]] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def load(
    work: Workplace,
    *,
    members: int,
    seed: int,
    until: date | datetime | None,
    now: datetime,
    density: float = 1.0,
    append: bool = False,
    force: bool = False,
    loads: Sequence[Load] = LOADS,
    progress: Progress | None = None,
) -> LoadReport:
    """Load the demo brand into a home, or say that it is there.

    ``until``: an aware instant or a day; None means ``now``. A home that holds the same demo is
    left as it is, or with ``append`` moved forward. Raises ``Conflict`` when the home holds other
    data (``force`` puts the demo brand beside it) or another demo.
    """
    progress = progress or Progress()
    wanted = Stamp(
        members, seed, density, "", instant_of(until or now).isoformat(), is_complete=False
    )
    held = read_stamp(work.home)
    target = plan(held, wanted, has_other_data=_has_data(), append=append, force=force)
    if target.is_complete:
        return LoadReport(BRAND_NAME, members, seed, target.until, "unchanged")
    users = setup.brand_and_shops(
        date.fromisoformat(target.anchor), now=now, take_name=held is None
    )
    _write_stamp(work.home, target)
    report = LoadReport(BRAND_NAME, members, seed, target.until, "loaded", users=users)
    if held is not None and held.is_complete:
        report.outcome = "appended"
    report.batches = _run(work, target, loads, now, progress)
    progress.step(len(loads), len(loads), Text("人群与标签", "Segments and tags"))
    audiences.make(work.warehouse, now=now)
    _write_stamp(work.home, replace(target, is_complete=True))
    return report


def instant_of(until: date | datetime) -> datetime:
    """A day's evening, or the instant to the second; aware, UTC."""
    if isinstance(until, datetime):
        return until.astimezone(UTC).replace(microsecond=0)
    return datetime.combine(until, EVENING, tzinfo=ZoneInfo(DEFAULT_ZONE)).astimezone(UTC)


def plan(
    held: Stamp | None, wanted: Stamp, *, has_other_data: bool, append: bool, force: bool
) -> Stamp:
    """What is to be made; a complete stamp means there is nothing to do. Pure."""
    if held is None:
        if has_other_data and not force:
            raise Conflict(
                Text("这个数据目录里已经有数据", "This home holds data already"),
                remedy=Text(
                    "用 --home 指定一个空目录；或加 --force，把演示品牌的店铺和数据放在现有数据旁边",
                    "Name an empty folder with --home, or add --force to put the demo brand's shops and data "
                    "beside what is there",
                ),
                code="demo_other_data",
            )
        return replace(wanted, anchor=present_of(wanted.instant).date().isoformat())
    same = (held.members, held.seed, held.density) == (wanted.members, wanted.seed, wanted.density)
    if not same:
        what = Text(
            f"{held.members} 位会员，种子 {held.seed}，密度 {held.density:g}",
            f"{held.members} members, seed {held.seed}, density {held.density:g}",
        )
        raise Conflict(
            Text(
                f"这个数据目录里是另一份演示数据（{what.zh}）",
                f"This home holds another demo ({what.en})",
            ),
            remedy=Text(
                "用 --home 指定一个空目录，或用同样的参数",
                "Name an empty folder with --home, or use the same figures",
            ),
            code="demo_other",
            where={"members": held.members, "seed": held.seed, "density": held.density},
        )
    if not held.is_complete:  # interrupted: go on, further if asked to
        later = max(held.instant, wanted.instant) if append else held.instant
        return replace(held, until=later.isoformat())
    if append and wanted.instant > held.instant:
        return replace(held, until=wanted.until, is_complete=False)
    return held


def read_stamp(home: Home) -> Stamp | None:
    """The home's stamp; None where no demo was loaded. Raises ``InvalidInput`` for a damaged one."""
    path = home.root / STAMP
    if not path.exists():
        return None
    try:
        return Stamp(**json.loads(path.read_text()))
    except (ValueError, TypeError) as error:
        raise InvalidInput(
            Text(f"{path} 已损坏", f"{path} is damaged"),
            remedy=Text("删除数据目录后重新生成", "Remove the home and make the demo again"),
        ) from error


def _write_stamp(home: Home, stamp: Stamp) -> None:
    home.prepare()
    path = home.root / STAMP
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(asdict(stamp), indent=1))
    fresh.replace(path)


def _has_data() -> bool:
    return bool(shops.all_shops()) or Batch.objects.exists()


def _run(
    work: Workplace, stamp: Stamp, loads: Sequence[Load], now: datetime, progress: Progress
) -> list[dict[str, Any]]:
    """Stage everything chunk by chunk, then commit load by load."""
    rows = {shop.code: shop for shop in shops.all_shops()}
    chunks = generate(
        stamp.members,
        stamp.seed,
        stamp.instant,
        anchor=date.fromisoformat(stamp.anchor),
        shop_numbers={code: rows[code].shop for code in _ALL},
        options=Options(density=stamp.density),
    )
    with _stagings(work, loads, rows, stamp, now) as stagings:
        steps = len(loads)
        for chunk in chunks:
            for staging in stagings:
                staging.take(chunk)
            progress.step(chunk.done, chunk.total, MAKING)
        done = []
        for number, staging in enumerate(stagings):
            said = Text(f"入库：{staging.load.name.zh}", f"Importing: {staging.load.name.en}")
            progress.step(number, steps, said)
            row = staging.commit(now)
            if row is not None:
                done.append(row)
        progress.step(steps, steps)
        return done


@contextmanager
def _stagings(
    work: Workplace, loads: Sequence[Load], rows: dict[str, ShopRow], stamp: Stamp, now: datetime
) -> Iterator[list[_Staging]]:
    """One batch per load; whatever is not committed in the end is marked failed and its stage removed."""
    stagings: list[_Staging] = []
    try:
        stagings += (_Staging(work, load, rows, stamp, now) for load in loads)
        yield stagings
    finally:
        for staging in stagings:
            staging.give_up()


class _Staging:
    """The batch and the stage of one load."""

    def __init__(
        self, work: Workplace, load: Load, rows: dict[str, ShopRow], stamp: Stamp, now: datetime
    ) -> None:
        self.load = load
        self._work = work
        self._places = {code: place for place, code in enumerate(load.shops)}
        self._sealers = {code: Sealer(work.ring, rows[code]) for code in load.shops}
        self._rows = 0
        self._samples: dict[str, dict[str, Any]] = {}
        last = present_of(stamp.instant).date()
        first = date.fromisoformat(stamp.anchor) - timedelta(days=3 * 365)
        self.batch = batches.begin_made(
            f"{load.name.zh} {first:%Y-%m}至{last:%Y-%m-%d}",
            shop=rows[load.shops[0]].shop if len(load.shops) == 1 else None,
            now=now,
        )
        self._stage = Stage.create(work.stage_path(self.batch.pk))

    def take(self, chunk: Chunk) -> None:
        """Seal and stage a chunk's records of this load."""
        for code in self.load.shops:
            tables = chunk.tables[code]
            for name in self.load.sets:
                table = tables.get(name)
                if table is None or not table.num_rows:
                    continue
                if name == self.load.main:
                    self._rows += table.num_rows
                self._sample(name, table)
                self._append(name, _moved(table, self._places[code]), self._sealers[code])

    def _append(self, name: str, table: pa.Table, sealer: Sealer) -> None:
        seal = {
            "trades": sealer.seal_trades,
            "profiles": sealer.seal_profiles,
            "reviews": sealer.seal_reviews,
            "visits": sealer.seal_visits,
        }.get(name)
        if seal is None:
            self._stage.append(name, table)
            return
        sealed = seal(table)
        self._stage.append(name, sealed.records)
        self._stage.append("keys", sealed.keys)
        self._stage.append("secrets", sealed.secrets)

    def _sample(self, name: str, table: pa.Table) -> None:
        """The first rows for the batch's page, masked as those of a file are."""
        if name in self._samples:
            return
        header = [column for column in table.column_names if column not in ("row_no", "shop")]
        shown = table.select(header).slice(0, SAMPLE_ROWS).to_pylist()
        texts = [
            ["" if row[column] is None else str(row[column]) for column in header] for row in shown
        ]
        self._samples[name] = {
            "name": name,
            "header": header,
            "header_row": 1,
            "rows_sampled": [mask_row(header, cells) for cells in texts],
            "profile": "demo",
            "about": self.load.main,
            "why": {"zh": "演示数据", "en": "Demo data"},
        }

    def commit(self, now: datetime) -> dict[str, Any] | None:
        """Take the load in; None for one without rows."""
        self._stage.close()
        batches.change(self.batch, rows=self._rows, tables=list(self._samples.values()))
        if not self._samples:
            batches.move(self.batch, "empty")
            self._stage.drop()
            return None
        batches.move(self.batch, "ready")
        batches.move(self.batch, "committing")
        pipeline.commit(self.batch, Progress(), self._work, now=now)
        batch = self.batch
        return {
            "batch": str(batch.pk),
            "name": batch.name,
            "rows": batch.rows,
            "inserted": batch.inserted,
            "updated": batch.updated,
            "unchanged": batch.unchanged,
            "members_new": batch.members_new,
        }

    def give_up(self) -> None:
        """Leave nothing half done; a committed load stays."""
        self.batch.refresh_from_db()
        if self.batch.state in ("staging", "ready", "committing"):
            self._stage.drop()
            if self.batch.state == "ready":
                batches.move(self.batch, "cancelled")
            else:
                batches.fail(self.batch, batches.INTERRUPTED)


def _moved(table: pa.Table, place: int) -> pa.Table:
    """Row numbers made distinct between the shops of one load."""
    at = table.schema.get_field_index("row_no")
    shifted = pc.add(table["row_no"], pa.scalar(place << SHOP_SHIFT, pa.int64()))
    return table.set_column(at, "row_no", shifted)
