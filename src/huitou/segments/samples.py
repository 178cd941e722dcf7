"""A stable share of the members: the same people for the same salt, in every process and release."""

from __future__ import annotations

import hashlib

import numpy as np
import numpy.typing as npt

BUCKETS = 1_000_000


def buckets(numbers: npt.NDArray[np.int64], salt: str) -> npt.NDArray[np.int64]:
    """The bucket (0 … 999,999) of each member number under a salt: SplitMix64 of salt ⊕ number.

    Source of the mixer: Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators", 2014.
    """
    seed = int.from_bytes(hashlib.sha256(salt.encode()).digest()[:8], "little")
    with np.errstate(over="ignore"):
        x = numbers.astype(np.uint64) + np.uint64(seed)
        x = x + np.uint64(0x9E3779B97F4A7C15)
        x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        x = x ^ (x >> np.uint64(31))
    return (x % np.uint64(BUCKETS)).astype(np.int64)
