"""Members and orders for the search box: by exact value, in the caller's scope, masked."""

from __future__ import annotations

from typing import Any, Final

from ibis import _

from huitou.accounts.guard import Principal
from huitou.kernel.crypto import load_key_ring
from huitou.kernel.home import Home
from huitou.kernel.i18n import Text, translate
from huitou.members import listing
from huitou.members.orders import shop_rows
from huitou.warehouse import labels
from huitou.warehouse.scoping import scoped
from huitou.warehouse.store import current_warehouse, table

MOST: Final = 10
ORDERS: Final = Text("{count} 个付款订单 · {phone}", "{count} paid orders · {phone}")


def find(query: str, caller: Principal) -> list[dict[str, Any]]:
    """Items of the search box: members first, then orders with this number."""
    warehouse = current_warehouse()
    rows, _total = listing.page(
        warehouse,
        listing.MemberFilter(q=query),
        size=MOST,
        scope=caller.scope,
        ring=load_key_ring(Home.from_environment()),
    )
    found = [
        {
            "kind": "member",
            "id": row["member"],
            "title": row["display_name"],
            "subtitle": translate(ORDERS).format(
                count=row["paid_trades"], phone=row["phone"] or "–"
            ),
            "url": f"/members/{row['member']}",
        }
        for row in rows
    ]
    trades = scoped(table("trade"), caller.scope).filter(_.trade_id == query)
    shops = shop_rows(warehouse)
    for row in warehouse.rows(trades.filter(_.member.notnull()).limit(MOST)):
        shop = shops.get(row["shop"], {}).get("name") or ""
        status = labels.label(labels.STATUS, row["status"]) or ""
        found.append(
            {
                "kind": "trade",
                "id": str(row["trade"]),
                "title": row["trade_id"],
                "subtitle": " · ".join(part for part in (shop, status) if part),
                "url": f"/members/{row['member']}",
            }
        )
    return found
