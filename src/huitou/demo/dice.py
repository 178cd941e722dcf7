"""Randomness without state: every draw is a pure function of (seed, question, entity number).

So the demo world does not depend on how it is cut into chunks, nor on the day up to which it is
looked at: the same order has the same content whether it is generated today or a month later.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Words = npt.NDArray[np.uint64]

_GOLDEN: Final = np.uint64(0x9E3779B97F4A7C15)
_MIX_1: Final = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2: Final = np.uint64(0x94D049BB133111EB)


def cumulative(weights: npt.ArrayLike) -> Floats:
    """Weights (any shape, along the last axis) as a cumulative distribution that ends at 1."""
    array = np.asarray(weights, dtype=np.float64)
    running = np.cumsum(array, axis=-1)
    result: Floats = running / running[..., -1:]
    result[..., -1] = 1.0
    return result


def _mixed(words: Words) -> Words:
    """The finaliser of SplitMix64."""
    words = (words ^ (words >> np.uint64(30))) * _MIX_1
    words = (words ^ (words >> np.uint64(27))) * _MIX_2
    return words ^ (words >> np.uint64(31))


@dataclass(frozen=True)
class Dice:
    """Draws for one seed. ``what`` names the question, ``ids`` the entities (int64, any shape)."""

    seed: int

    def bits(self, what: str, ids: npt.NDArray[Any]) -> Words:
        """64 random bits per entity."""
        digest = hashlib.blake2b(f"{self.seed}/{what}".encode(), digest_size=8).digest()
        key = np.uint64(int.from_bytes(digest, "little"))
        return _mixed(_mixed(ids.astype(np.uint64) * _GOLDEN + key) ^ key)

    def uniform(self, what: str, ids: npt.NDArray[Any]) -> Floats:
        """Uniform in [0, 1)."""
        result: Floats = (self.bits(what, ids) >> np.uint64(11)).astype(np.float64) * 2.0**-53
        return result

    def below(self, what: str, ids: npt.NDArray[Any], limit: npt.ArrayLike) -> Ints:
        """An integer in [0, limit); ``limit`` may differ per entity."""
        result: Ints = (self.uniform(what, ids) * np.asarray(limit)).astype(np.int64)
        return result

    def chance(self, what: str, ids: npt.NDArray[Any], share: npt.ArrayLike) -> Bools:
        """True for a ``share`` of the entities."""
        result: Bools = self.uniform(what, ids) < np.asarray(share)
        return result

    def normal(self, what: str, ids: npt.NDArray[Any]) -> Floats:
        """Standard normal (Box-Muller)."""
        radius = np.sqrt(-2.0 * np.log1p(-self.uniform(what + "/r", ids)))
        result: Floats = radius * np.cos(2.0 * np.pi * self.uniform(what + "/a", ids))
        return result

    def lognormal(
        self, what: str, ids: npt.NDArray[Any], median: npt.ArrayLike, sigma: npt.ArrayLike
    ) -> Floats:
        """Log-normal by its median and the deviation of its logarithm."""
        result: Floats = np.asarray(median) * np.exp(np.asarray(sigma) * self.normal(what, ids))
        return result

    def pick(self, what: str, ids: npt.NDArray[Any], cdf: Floats) -> Ints:
        """An index distributed as ``cdf`` (one-dimensional)."""
        result: Ints = np.searchsorted(cdf, self.uniform(what, ids), side="right").astype(np.int64)
        return result.clip(0, len(cdf) - 1)

    def pick_by_row(self, what: str, ids: npt.NDArray[Any], cdf: Floats, rows: Ints) -> Ints:
        """An index distributed as row ``rows[i]`` of ``cdf`` (two-dimensional)."""
        width = cdf.shape[1]
        flat = (cdf + np.arange(cdf.shape[0])[:, None]).ravel()
        # Adding the row number costs low bits: keep the draw clear of the row's upper end.
        draws = np.minimum(self.uniform(what, ids), 1.0 - 1e-9) + rows
        found = np.searchsorted(flat, draws, side="right") - rows * width
        return np.asarray(np.clip(found, 0, width - 1), dtype=np.int64)


def scattered(numbers: Ints, modulus: int, salt: int = 0) -> Ints:
    """A one-to-one shuffle of [0, modulus): unlike numbers stay unlike, neighbours move apart.

    ``modulus`` is a power of ten up to 10¹⁵ (the factor, a power of three, is prime to it). Shuffles
    of different ``salt`` have nothing to do with each other.
    """
    if int(numbers.max(initial=0)) >= modulus:
        raise ValueError(f"numbers reach {numbers.max()}, the modulus is {modulus}")
    factor = pow(3, 41 + 2 * salt, modulus)
    digits: list[int] = []
    while factor:
        factor, digit = divmod(factor, 1024)
        digits.append(digit)
    result = np.zeros_like(numbers)
    for digit in reversed(digits):  # Horner's scheme keeps every product below 2^63
        result = (result * 1024 + numbers * digit) % modulus
    return (result + modulus // 7 * 3) % modulus
