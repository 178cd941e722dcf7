"""Every fact by its code, and the words a rule document uses for it."""

from __future__ import annotations

from typing import Final

from huitou.segments.facts import Fact
from huitou.segments.order_fact import ORDER
from huitou.segments.other_facts import OTHERS

FACTS: Final[dict[str, Fact]] = {one.code: one for one in (ORDER, *OTHERS)}
EVENTS: Final[dict[str, Fact]] = {one.code: one for one in OTHERS}
