"""Constants of an expression that are given when it is run.

Building and compiling an expression costs more than running a small one, and most questions differ
from the one before in a constant only. With parameters in their place an expression is compiled once
(``store.Warehouse.prepare``). An engine that cannot bind them runs ``bound``: the same expression with
literals.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ibis
import ibis.expr.datashape as ds
import ibis.expr.datatypes as dt
import ibis.expr.operations as ops


class Parameter(ops.Value):  # type: ignore[misc]
    """A constant that has a name instead of a value."""

    label: str
    dtype: dt.DataType
    shape = ds.scalar

    @property
    def name(self) -> str:
        return str(self.label)


def parameter(label: str, dtype: str | dt.DataType) -> ibis.Value:
    """A constant of a type, by its name (letters, digits and underscores)."""
    return Parameter(label, dt.dtype(dtype)).to_expr()


def parameters_of(expr: ibis.Expr) -> tuple[str, ...]:
    """The names of an expression's parameters."""
    return tuple(sorted({node.label for node in expr.op().find(Parameter)}))


def bound(expr: ibis.Table, values: Mapping[str, Any]) -> ibis.Table:
    """The expression with a literal in the place of every parameter."""
    nodes = {
        node: ops.Literal(values[node.label], node.dtype) for node in expr.op().find(Parameter)
    }
    return expr.op().replace(nodes).to_expr() if nodes else expr
