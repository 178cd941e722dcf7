"""What ``huitou doctor`` says of the warehouse."""

from __future__ import annotations

import ibis

from huitou.warehouse.schema import TABLES
from huitou.warehouse.store import Warehouse, table


def table_counts(warehouse: Warehouse) -> dict[str, int]:
    """How many rows each table has, in the order of the schema."""
    counted = ibis.union(
        *(
            table(name).aggregate(rows=ibis._.count()).mutate(name=ibis.literal(name))
            for name in TABLES
        )
    )
    found = {row["name"]: int(row["rows"]) for row in warehouse.rows(counted)}
    return {name: found[name] for name in TABLES}


def inconsistencies(warehouse: Warehouse) -> list[str]:
    """What the tables contradict each other in, one sentence each; empty when all is well.

    Copies and links that a write keeps true are compared with what they are copies of.
    """
    with warehouse.snapshot():
        checks = {
            "trade_line rows without a trade": table("trade_line").anti_join(
                table("trade"), "trade"
            ),
            "trade_line rows with another member than their trade": _strays("trade_line"),
            "refund rows with another member than their trade": _strays("refund"),
            "trades of a member that does not exist": _homeless("trade"),
            "visits of a member that does not exist": _homeless("visit"),
            "members without totals": _living().anti_join(table("member_totals"), "member"),
            "totals of members that are not in use": table("member_totals").anti_join(
                _living(), "member"
            ),
            "trades that are there twice": _twice("trade", ["source", "trade_id"]),
            "order lines that are there twice": _twice("trade_line", ["trade", "line_key"]),
        }
        found = {what: int(warehouse.scalar(rows.count())) for what, rows in checks.items()}
    return [f"{count} {what}" for what, count in found.items() if count] + warehouse.check()


def _living() -> ibis.Table:
    members = table("member")
    return members.filter(members.merged_into.isnull())


def _strays(name: str) -> ibis.Table:
    owners = table("trade").select("trade", owner=ibis._.member)
    joined = table(name).inner_join(owners, "trade")
    return joined.filter(~joined.member.identical_to(joined.owner))


def _homeless(name: str) -> ibis.Table:
    rows = table(name)
    return rows.filter(rows.member.notnull()).anti_join(_living(), "member")


def _twice(name: str, key: list[str]) -> ibis.Table:
    counted = table(name).group_by(key).aggregate(times=ibis._.count())
    return counted.filter(counted.times > 1)
