"""Seven kinds of buyer: what they buy, how often they come back, when, and how they behave.

``cycle`` is the median interval between two purchases in operational days (see ``season``), ``spread``
the deviation of its logarithm. Whether a buyer comes back after a purchase is a coin whose bias
differs from buyer to buyer: 1 − bias ~ Beta(stop, go), so that the number of purchases has a heavy tail.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Persona:
    """One kind of buyer. ``groups`` are the shares of item groups c d s g w n j in first lines."""

    code: str
    share: float
    cycle: float
    spread: float
    stop: float
    go: float
    season: str
    festive: float
    groups: tuple[float, float, float, float, float, float, float]
    female: float
    born: tuple[int, int]  # mean year of birth, deviation
    extra_lines: float
    bulk: float  # share of lines bought by the case for a company or a feast
    gift: float  # share of orders sent to somebody else
    shops: tuple[float, float, float, float]  # first shop: tmall, jd, youzan, store


PERSONAS: Final[tuple[Persona, ...]] = (
    Persona("kitchen", 0.25, 45, 0.55, 1.06, 0.86, "all", 0.10, (74, 8, 3, 2, 1, 12, 0),
            0.71, (1980, 10), 1.0, 0.001, 0.02, (0.56, 0.20, 0.14, 0.10)),
    Persona("table", 0.21, 62, 0.60, 1.10, 0.74, "winter", 0.14, (6, 70, 6, 4, 3, 8, 3),
            0.22, (1972, 11), 0.75, 0.006, 0.05, (0.50, 0.22, 0.10, 0.18)),
    Persona("gifts", 0.22, 196, 0.50, 1.25, 0.62, "gift", 0.72, (2, 8, 4, 74, 4, 6, 2),
            0.49, (1982, 9), 0.5, 0.008, 0.44, (0.50, 0.22, 0.14, 0.14)),
    Persona("sweet", 0.15, 78, 0.65, 1.30, 0.56, "summer", 0.10, (3, 5, 76, 4, 4, 8, 0),
            0.78, (1994, 6), 0.9, 0.0, 0.08, (0.58, 0.12, 0.22, 0.08)),
    Persona("snacks", 0.10, 70, 0.65, 1.25, 0.60, "crab", 0.16, (6, 8, 8, 4, 4, 70, 0),
            0.62, (1987, 9), 1.25, 0.0, 0.07, (0.48, 0.16, 0.18, 0.18)),
    Persona("cellar", 0.04, 140, 0.60, 1.05, 0.66, "winter", 0.28, (2, 22, 2, 16, 12, 4, 42),
            0.17, (1969, 9), 0.5, 0.008, 0.10, (0.42, 0.26, 0.12, 0.20)),
    Persona("company", 0.03, 170, 0.45, 0.95, 0.85, "gift", 0.66, (8, 14, 2, 66, 0, 10, 0),
            0.52, (1984, 8), 0.45, 0.5, 0.35, (0.36, 0.34, 0.20, 0.10)),
)  # fmt: skip
