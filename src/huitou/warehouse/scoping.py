"""The data scope applied to facts: the one place that filters by shop for access.

A trade, line, refund, parcel, review or visit is seen by whoever may see its shop. A member is seen
by whoever may see one of the shops that know them.
"""

from __future__ import annotations

import ibis

from huitou.accounts.scopes import Scope
from huitou.warehouse.store import table

KNOWN_BY = ("trade", "visit", "review", "identity_key")
"""Tables that say which shop knows which member."""


def scoped(rows: ibis.Table, scope: Scope) -> ibis.Table:
    """The rows whose ``shop`` the scope allows. Rows without a shop need the whole scope."""
    if scope.shops is None:
        return rows
    return rows.filter(rows.shop.isin(sorted(scope.shops)) if scope.shops else ibis.literal(False))


def known_members(scope: Scope) -> ibis.Table:
    """(member): the numbers of the members that the scope's shops know, each once."""
    if scope.shops is None:
        members = table("member")
        return members.filter(members.merged_into.isnull()).select("member")
    seen = [
        scoped(rows, scope).filter(rows.member.notnull()).select("member")
        for rows in map(table, KNOWN_BY)
    ]
    return ibis.union(*seen, distinct=True)
