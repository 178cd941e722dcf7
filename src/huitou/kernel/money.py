"""Money is ``Decimal`` in the brand's currency: stored with four decimals, shown with two.

Real exports carry fractions of a cent (a payment split over sub-orders, a wholesale unit price);
see docs/adr/0003.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

SCALE = Decimal("0.0001")
CENT = Decimal("0.01")
ZERO = Decimal("0.0000")


def stored(amount: Decimal | int | str) -> Decimal:
    """An amount at the warehouse's scale, DECIMAL(18,4)."""
    return Decimal(amount).quantize(SCALE, rounding=ROUND_HALF_UP)


def shown(amount: Decimal) -> Decimal:
    """An amount rounded half up to the cent, as screens and exports show it."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)
