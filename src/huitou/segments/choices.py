"""Values to choose from: what an attribute or a field really has, the most frequent first."""

from __future__ import annotations

from typing import Any, Final

from huitou.segments.catalogue import pick
from huitou.segments.evaluator import Question, view_of
from huitou.segments.names import Names
from huitou.warehouse.store import Warehouse

Json = dict[str, Any]
MOST: Final = 200


def search(
    warehouse: Warehouse, source: str, word: str, limit: int, question: Question
) -> list[Json]:
    """``[{value, label, count}]`` of ``attribute:CODE`` or ``field:FACT.CODE``, those that hold a word.

    ``count``: how many members have the value, or how many facts; None for fixed lists. Raises
    ``NotFound`` for an unknown source.
    """
    view = view_of(warehouse, question.moment, question.scope)
    limit = min(max(limit, 1), MOST)
    return [
        {"value": value, "label": label, "count": count}
        for value, label, count in pick.values(
            source, word, limit, view, warehouse, Names(warehouse)
        )
    ]
