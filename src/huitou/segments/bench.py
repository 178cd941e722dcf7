"""How fast rules are asked, beside the same rules written by hand, in one run on one machine.

Every part is a process of its own over one made warehouse (``bench_data``), so that its peak memory is
its own too. Whatever counts, hand-written queries and ours must count alike, or the run fails.
"""

from __future__ import annotations

import gc
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any, Final

from huitou.kernel.home import ENV as HOME_ENV
from huitou.kernel.home import Home
from huitou.kernel.i18n import Text
from huitou.kernel.processes import ProcessFailed, run_to_end, size_of
from huitou.segments import evaluator, queries
from huitou.segments.bench_data import LAST_DAY, Made, Whole, buy_again, fill
from huitou.segments.bench_rules import (
    CRITERIA,
    TEN,
    Rule,
    Term,
    as_subqueries,
    in_frames,
    in_one_pass,
    rules,
)
from huitou.segments.catalogue import ATTRIBUTES
from huitou.segments.catalogue.entry import Attribute
from huitou.segments.evaluator import Question, evaluate
from huitou.segments.moments import Moment
from huitou.segments.nodes import AttributeSubject, Compare, Group, Node, walk
from huitou.segments.operators import NUMERIC
from huitou.segments.parsing import parse
from huitou.segments.restricted import evaluate_for
from huitou.segments.windows import Window
from huitou.warehouse.store import Query, Warehouse, table

ZONE: Final = "Asia/Shanghai"
PARTS: Final = ("fill", "rules", "leaves", "refresh", "pandas", "postgres")
SAVED: Final = 200
TOUCHED: Final = 0.01
SLOWEST: Final = 8
Said = Callable[[Text], None]
Json = dict[str, Any]


@dataclass(frozen=True)
class Plan:
    """What is measured. ``rounds``: how often each rule is asked each way."""

    members: int
    lines_each: float
    rounds: int
    with_pandas: bool = False
    postgres: str = ""


def run(plan: Plan, command: Sequence[str], say: Said, folder: Path | None = None) -> Json:
    """Make the warehouse and measure every part. ``command``: how to start the program.

    Raises ``ProcessFailed`` where a part fails or two ways of asking do not agree.
    """
    with tempfile.TemporaryDirectory(prefix="huitou-bench-", dir=folder) as made:
        home = Path(made) / "home"
        found: Json = {"cores": os.cpu_count(), "load_before": os.getloadavg()[0]}
        for part in PARTS:
            if (part == "pandas" and not plan.with_pandas) or (
                part == "postgres" and not plan.postgres
            ):
                continue
            say(_TITLES[part])
            found[part] = _in_a_process(part, plan, home, command)
        found["home_mb"] = round(size_of(home) / 2**20)
        found["load_after"] = os.getloadavg()[0]
        return found


_TITLES: Final = {
    "fill": Text("生成数据仓库", "Making the warehouse"),
    "rules": Text("40 条规则，与手写查询对照", "40 rules, beside hand-written queries"),
    "leaves": Text("逐个条件与属性", "Single conditions and attributes"),
    "refresh": Text("刷新已保存的人群；单个会员", "Refreshing saved segments; single members"),
    "pandas": Text("pandas（内存中）", "pandas (in memory)"),
    "postgres": Text("PostgreSQL（带索引）", "PostgreSQL (with indexes)"),
}


def _in_a_process(part: str, plan: Plan, home: Path, command: Sequence[str]) -> Json:
    options = ["--part", part, "--members", str(plan.members), "--lines-each", str(plan.lines_each)]
    options += ["--rounds", str(plan.rounds)]
    if part == "postgres":
        options += ["--postgres", plan.postgres]
    done = run_to_end([*command, "bench", "segments", *options], {HOME_ENV: str(home)})
    found: Json = json.loads(done.output)
    return {
        **found,
        "seconds": round(done.seconds, 1),
        "cpu_seconds": round(done.cpu_seconds, 1),
        "peak_mb": round(done.peak_bytes / 2**20),
    }


def measured(part: str, plan: Plan, home: Home) -> Json:
    """One part, in this process. For ``refresh`` the app database must be up to date."""
    warehouse = Warehouse.open(home, what="huitou bench")
    try:
        if part == "fill":
            made = fill(warehouse, plan.members, plan.lines_each, lambda _done, _whole: None)
            return {"members": made.members, "orders": made.trades, "lines": made.lines}
        work = {"rules": _rules, "leaves": _leaves, "pandas": _pandas, "postgres": _postgres}
        if part == "refresh":
            return _refresh(warehouse, plan)
        return work[part](warehouse, plan)
    finally:
        warehouse.close()


def _question() -> Question:
    return Question(Moment.end_of(LAST_DAY, ZONE))


class _Watch:
    """Wall and processor time (of all threads) of calls, in milliseconds."""

    def __init__(self) -> None:
        self.wall: list[float] = []
        self.cpu: list[float] = []

    def call(self, work: Callable[[], int]) -> int:
        cpu, started = time.process_time(), time.perf_counter()
        found = work()
        self.wall.append((time.perf_counter() - started) * 1000)
        self.cpu.append((time.process_time() - cpu) * 1000)
        return found

    def as_dict(self) -> Json:
        return {
            "ms": round(statistics.median(self.wall), 1),
            "cpu_ms": round(statistics.median(self.cpu), 1),
        }


def _size(warehouse: Warehouse, rule: Node, question: Question) -> int:
    return len(evaluate(warehouse, rule, question).members)


def _one(warehouse: Warehouse, rule: Node, question: Question, member: int) -> int:
    return len(evaluate_for(warehouse, rule, question, [member]).members)


def _count(warehouse: Warehouse, sql: str) -> int:
    return int(warehouse.numbers(Query(sql))[0])


# Rules


def _rules(warehouse: Warehouse, plan: Plan) -> Json:
    question = _question()
    shown = [_one_rule(warehouse, question, rule, plan.rounds) for rule in rules()]
    ten = [one for one in shown if one["conditions"] == TEN]
    return {
        "rules": shown,
        "ten": {
            **{name: _ratios(ten, name) for name in ("started", "first", "edited")},
            "edited_within": sum(_is_within(one) for one in ten),
            "of": len(ten),
        },
        "all": {name: _ratios(shown, name) for name in ("started", "first", "edited")},
    }


def _one_rule(warehouse: Warehouse, question: Question, rule: Rule, rounds: int) -> Json:
    """By hand in two ways, and ours: just started, from nothing, and after an edit."""
    node, edited = parse(rule.document()), parse(rule.edited().document())
    ways = ("subqueries", "one_pass", "started", "first", "edited")
    watches = {name: _Watch() for name in ways}
    ours = partial(_size, warehouse, node, question)
    counts = set()
    for _round in range(rounds):
        for name, said in (("subqueries", as_subqueries), ("one_pass", in_one_pass)):
            counts.add(watches[name].call(partial(_count, warehouse, said(rule))))
        _forget(warehouse, compiled=True)
        counts.add(watches["started"].call(ours))
        _forget(warehouse)
        counts.add(watches["first"].call(ours))
        after = watches["edited"].call(partial(_size, warehouse, edited, question))
    _agree(counts, rule)
    _agree({after, _count(warehouse, as_subqueries(rule.edited()))}, rule.edited())
    found = {name: watch.as_dict() for name, watch in watches.items()}
    hand = {key: min(found["subqueries"][key], found["one_pass"][key]) for key in ("ms", "cpu_ms")}
    return {"conditions": len(rule.terms), "members": counts.pop(), **found, "by_hand": hand}


def _forget(warehouse: Warehouse, *, compiled: bool = False) -> None:
    """Let go of the sets, and of the compiled queries too as if the process had just started."""
    evaluator.forget_sets(warehouse)
    if compiled:
        queries.forget()


def _agree(counts: set[int], rule: Rule) -> None:
    if len(counts) != 1:
        raise ProcessFailed(
            Text("两种问法的人数不同", "Two ways of asking count differently"),
            where={"counts": sorted(counts), "rule": rule.document()},
        )


def _ratios(shown: Iterable[Json], name: str) -> Json:
    """Medians of a way's time, and of its ratio to the same rule by hand."""
    shown = list(shown)
    times = [one[name]["ms"] for one in shown]
    hand = [one["by_hand"]["ms"] for one in shown]
    return {
        "ms": round(statistics.median(times), 1),
        "by_hand_ms": round(statistics.median(hand), 1),
        "ratio": round(statistics.median(a / b for a, b in zip(times, hand, strict=True)), 2),
        "worst_ratio": round(max(a / b for a, b in zip(times, hand, strict=True)), 2),
        "cpu_ratio": round(
            statistics.median(one[name]["cpu_ms"] / one["by_hand"]["cpu_ms"] for one in shown), 2
        ),
    }


def _is_within(one: Json) -> bool:
    """Whether an edit took at most 0.3 of the query by hand, or 50 ms."""
    return bool(one["edited"]["ms"] <= max(0.3 * one["by_hand"]["ms"], 50))


# Single conditions


def _leaves(warehouse: Warehouse, plan: Plan) -> Json:
    question = _question()
    everybody: Node = Group("all", ())
    found: list[Json] = []
    for name, leaf in _all_leaves():
        watch = _Watch()
        for _round in range(min(plan.rounds, 2)):
            _forget(warehouse)
            evaluate(warehouse, everybody, question)
            watch.call(partial(_size, warehouse, leaf, question))
        found.append({"leaf": name, "ms": round(min(watch.wall)), "cpu_ms": round(min(watch.cpu))})
        gc.collect()
    found.sort(key=lambda one: -one["ms"])
    return {
        "leaves": len(found),
        "median_ms": statistics.median(one["ms"] for one in found),
        "over_2500_ms": sum(one["ms"] > 2_500 for one in found),
        "slowest": found[:SLOWEST],
        "conditions": [one for one in found if one["leaf"] in CRITERIA],
    }


def _all_leaves() -> Iterator[tuple[str, Node]]:
    for code, criterion in CRITERIA.items():
        yield code, parse({"version": 1, "rule": Term(criterion).document()})
    for attribute in ATTRIBUTES.values():
        yield f"attribute {attribute.code}", _asked_of(attribute)


def _asked_of(attribute: Attribute) -> Compare:
    subject = AttributeSubject(attribute.code)
    if attribute.type in NUMERIC:
        return Compare(subject, "ge", Decimal(2))
    operator, operand = {
        "date": ("within", Window("last", n=365)),
        "birthday": ("within", Window("next", n=7)),
        "flag": ("yes", None),
        "text": ("contains", "花"),
        "choice": ("known", None),
        "set": ("any_of", ("1", "黄酒", "app")),
    }[attribute.type]
    return Compare(subject, operator, operand)


# Saved segments, and single members


def _refresh(warehouse: Warehouse, plan: Plan) -> Json:
    """All saved segments in full, then after some members bought again; then members one by one."""
    from huitou.segments import refresh
    from huitou.segments.models import DYNAMIC, Segment

    now = datetime(LAST_DAY.year, LAST_DAY.month, LAST_DAY.day, 4, tzinfo=UTC)
    made = _made(warehouse, plan)
    Segment.objects.all().delete()
    conditions: list[Node] = []
    for number, document in enumerate(_documents()):
        nodes = [node for _path, node in walk(parse(document))]
        conditions += [node for node in nodes if not isinstance(node, Group)]
        Segment.objects.create(
            name=f"bench {number}", kind=DYNAMIC, rule=document, created_at=now, updated_at=now
        )
    watches = {name: _Watch() for name in ("in_full", "touched", "touched_again", "member")}
    in_full = watches["in_full"].call(lambda: refresh.refresh(warehouse, now=now).segments)
    done: list[refresh.Done] = []

    def again(at: datetime, touched: Whole) -> int:
        done.append(refresh.refresh(warehouse, now=at, touched=touched))
        return done[-1].segments

    for name in ("touched", "touched_again"):
        now += timedelta(minutes=1)
        some = buy_again(warehouse, made, TOUCHED)
        watches[name].call(partial(again, now, some))
    question = _question()
    everybody = evaluate(warehouse, Group("all", ()), question).members.numbers()
    for number, criterion in enumerate(CRITERIA.values()):
        leaf = parse({"version": 1, "rule": Term(criterion).document()})
        one = int(everybody[number * 7_919 % len(everybody)])
        evaluate_for(warehouse, leaf, question, [one])
        watches["member"].call(partial(_one, warehouse, leaf, question, one + 1))
    return {
        "segments": in_full,
        "conditions": len(conditions),
        "different_conditions": len(set(conditions)),
        "touched_members": len(some),
        "changed": [one.changed for one in done],
        "entered": [one.entered for one in done],
        "asked_in_full": [one.in_full for one in done],
        **{name: watch.as_dict() for name, watch in watches.items()},
        "member_worst_ms": round(max(watches["member"].wall), 1),
    }


def _documents() -> list[Json]:
    """The rules again and again, every time with windows of other lengths.

    So nearly all conditions with a window are different; the others recur, as among a brand's segments.
    """

    def longer(node: Any, days: int) -> Any:
        if isinstance(node, dict):
            found = {name: longer(value, days) for name, value in node.items()}
            if found.get("kind") == "last":
                found["n"] += days
            return found
        return [longer(one, days) for one in node] if isinstance(node, list) else node

    known = rules()
    return [longer(known[at % len(known)].document(), at) for at in range(SAVED)]


def _made(warehouse: Warehouse, plan: Plan) -> Made:
    trades = table("trade")
    return Made(
        plan.members,
        int(warehouse.scalar(trades.trade.max())),
        int(warehouse.scalar(table("trade_line").count())),
    )


# The others


def _ten() -> list[Rule]:
    return [rule for rule in rules() if len(rule.terms) == TEN]


_FRAMES: Final[dict[str, tuple[str, ...]]] = {
    "member": ("member", "gender", "province", "city_tier", "has_phone", "birth_year"),
    "member_totals": (
        "member", "paid_trades", "paid_amount", "last_paid_day", "max_paid_amount", "categories",
    ),
    "trade": (
        "member", "shop", "is_paid", "status", "created_at", "paid_at", "paid_day", "paid_amount",
        "refunded_amount", "discount_amount", "province", "channel",
    ),
    "trade_line": (
        "trade", "member", "is_paid", "paid_at", "item", "category", "qty", "price", "paid_amount",
    ),
    "visit": ("member", "kind", "occurred_at"),
    "review": ("member", "rating", "created_at"),
    "message_event": ("member", "kind", "occurred_at"),
}  # fmt: skip
"""The columns that the rules read, by table."""


def _pandas(warehouse: Warehouse, plan: Plan) -> Json:
    """The ten-condition rules over data frames that are in memory already."""
    question = _question()
    frames = {name: _frame(warehouse, name) for name in _FRAMES}
    theirs, ours = _Watch(), _Watch()
    for rule in _ten():
        node = parse(rule.document())
        counts = {theirs.call(partial(in_frames, rule, frames, plan.members))}
        _forget(warehouse)
        counts.add(ours.call(partial(_size, warehouse, node, question)))
        _agree(counts, rule)
        gc.collect()
    return {"rules": len(_ten()), "pandas": theirs.as_dict(), "first": ours.as_dict()}


def _frame(warehouse: Warehouse, name: str) -> Any:
    rows = table(name)
    columns = {
        column: rows[column].cast("float64") if rows[column].type().is_decimal() else rows[column]
        for column in _FRAMES[name]
    }
    chosen = rows.select(**columns)
    if name in {"member", "member_totals"}:
        chosen = chosen.order_by("member")
    frame = warehouse.fetch(chosen).to_pandas()
    for column in frame.columns:
        if column.endswith("_day"):
            frame[column] = frame[column].astype("datetime64[s]")
        elif frame[column].dtype == object or str(frame[column].dtype) in {"str", "string"}:
            frame[column] = frame[column].astype("string")
    return frame


def _postgres(warehouse: Warehouse, plan: Plan) -> Json:
    """The ten-condition rules by hand in PostgreSQL, the data copied and indexed first."""
    import psycopg

    theirs: list[float] = []
    with psycopg.connect(plan.postgres, autocommit=True) as connection:
        loading = time.perf_counter()
        connection.execute("DROP SCHEMA IF EXISTS huitou_bench CASCADE")
        connection.execute("CREATE SCHEMA huitou_bench")
        connection.execute("SET search_path TO huitou_bench")
        for name in _FRAMES:
            _copy(warehouse, connection, name)
        connection.execute("ANALYZE")
        loading = time.perf_counter() - loading
        try:
            for rule in _ten():
                counts = {_count(warehouse, as_subqueries(rule))}
                best = []
                for said in (as_subqueries, in_one_pass):
                    started = time.perf_counter()
                    row = connection.execute(said(rule)).fetchone()
                    best.append((time.perf_counter() - started) * 1000)
                    counts.add(int(row[0]) if row else -1)
                _agree(counts, rule)
                theirs.append(min(best))
        finally:
            connection.execute("DROP SCHEMA huitou_bench CASCADE")
    return {
        "rules": len(theirs),
        "loading_seconds": round(loading, 1),
        "postgres": {"ms": round(statistics.median(theirs), 1)},
    }


_INDEXES: Final = (
    "CREATE INDEX ON trade (paid_at) INCLUDE (member) WHERE is_paid",
    "CREATE INDEX ON trade (member)",
    "CREATE INDEX ON trade_line (paid_at) INCLUDE (member) WHERE is_paid",
    "CREATE INDEX ON trade_line (member)",
    "CREATE INDEX ON trade_line (item)",
    "CREATE INDEX ON visit (occurred_at) INCLUDE (member)",
    "CREATE INDEX ON review (created_at) INCLUDE (member)",
    "CREATE INDEX ON message_event (occurred_at) INCLUDE (member)",
    "CREATE UNIQUE INDEX ON member (member)",
    "CREATE UNIQUE INDEX ON member_totals (member)",
)


def _copy(warehouse: Warehouse, connection: Any, name: str) -> None:
    from pyarrow import csv

    rows = table(name)
    kinds = {
        "boolean": "boolean", "string": "text", "date": "date", "int8": "smallint",
        "int16": "smallint", "int32": "integer", "int64": "bigint",
    }  # fmt: skip
    columns = []
    for column in _FRAMES[name]:
        kind = rows[column].type()
        said = kinds.get(str(kind))
        said = said or ("numeric(18, 4)" if kind.is_decimal() else "timestamp")
        columns.append(f"{column} {said}")
    connection.execute(f"CREATE TABLE {name} ({', '.join(columns)})")
    options = csv.WriteOptions(include_header=False)
    with connection.cursor().copy(f"COPY {name} FROM STDIN (FORMAT csv)") as sink:
        for batch in warehouse.batches(rows.select(*_FRAMES[name]), 100_000):
            csv.write_csv(batch, _Sink(sink), options)
    for index in _INDEXES:
        if f" ON {name} " in index:
            connection.execute(index)


class _Sink:
    """A writable file over a COPY."""

    closed = False

    def __init__(self, copy: Any) -> None:
        self._copy = copy

    def write(self, data: Any) -> int:
        self._copy.write(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""
