"""Sets of members over dense numbers: one bit per number, packed; roaring where a set is stored."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
from pyroaring import BitMap

Words = npt.NDArray[np.uint64]
Numbers = npt.NDArray[np.int64]


class MemberSet:
    """An immutable set of member numbers below ``size``. Sets of different sizes may be combined."""

    __slots__ = ("_count", "size", "words")

    def __init__(self, words: Words, size: int) -> None:
        self.words = words
        self.size = size
        self._count: int | None = None
        words.flags.writeable = False

    @classmethod
    def empty(cls, size: int = 0) -> MemberSet:
        return cls(np.zeros(_words_for(size), np.uint64), size)

    @classmethod
    def of(cls, numbers: Iterable[int] | Numbers, size: int = 0) -> MemberSet:
        """The set of these numbers (repeats do not matter); grows beyond ``size`` where it must."""
        found = np.asarray(numbers if isinstance(numbers, np.ndarray) else list(numbers), np.int64)
        size = max(size, int(found.max()) + 1 if found.size else 0)
        mask = np.zeros(_words_for(size) * 64, np.bool_)
        mask[found] = True
        return cls(np.packbits(mask, bitorder="little").view(np.uint64), size)

    @classmethod
    def of_mask(cls, mask: npt.NDArray[np.bool_]) -> MemberSet:
        """The set of the positions that are true."""
        padded = np.zeros(_words_for(mask.size) * 64, np.bool_)
        padded[: mask.size] = mask
        return cls(np.packbits(padded, bitorder="little").view(np.uint64), mask.size)

    @classmethod
    def loads(cls, stored: bytes) -> MemberSet:
        """A set out of its stored (roaring) form."""
        return cls.of(np.fromiter(BitMap.deserialize(stored), np.int64))

    def dumps(self) -> bytes:
        """The stored (roaring) form."""
        held = BitMap(self.numbers().astype(np.uint32))
        held.run_optimize()
        return bytes(held.serialize())

    def mask(self) -> npt.NDArray[np.bool_]:
        """One truth value per number below ``size``."""
        bits = np.unpackbits(self.words.view(np.uint8), bitorder="little")
        return bits[: self.size].view(np.bool_)

    def numbers(self) -> Numbers:
        """The numbers, ascending."""
        return np.flatnonzero(self.mask()).astype(np.int64)

    def __len__(self) -> int:
        if self._count is None:
            self._count = int(np.bitwise_count(self.words).sum())
        return self._count

    def __bool__(self) -> bool:
        return len(self) > 0

    def __contains__(self, number: int) -> bool:
        word, bit = divmod(int(number), 64)
        return 0 <= word < len(self.words) and bool(int(self.words[word]) >> bit & 1)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, MemberSet):
            return NotImplemented
        mine, theirs = _aligned(self, other)
        return bool(np.array_equal(mine, theirs))

    __hash__ = None  # type: ignore[assignment]

    def __and__(self, other: MemberSet) -> MemberSet:
        mine, theirs = _aligned(self, other)
        return MemberSet(mine & theirs, max(self.size, other.size))

    def __or__(self, other: MemberSet) -> MemberSet:
        mine, theirs = _aligned(self, other)
        return MemberSet(mine | theirs, max(self.size, other.size))

    def __sub__(self, other: MemberSet) -> MemberSet:
        mine, theirs = _aligned(self, other)
        return MemberSet(mine & ~theirs, max(self.size, other.size))

    def __xor__(self, other: MemberSet) -> MemberSet:
        mine, theirs = _aligned(self, other)
        return MemberSet(mine ^ theirs, max(self.size, other.size))

    @property
    def nbytes(self) -> int:
        return int(self.words.nbytes)

    def __repr__(self) -> str:
        return f"MemberSet({len(self)} of {self.size})"


def _words_for(size: int) -> int:
    return (size + 63) // 64


def _aligned(a: MemberSet, b: MemberSet) -> tuple[Words, Words]:
    if len(a.words) == len(b.words):
        return a.words, b.words
    length = max(len(a.words), len(b.words))
    return _padded(a.words, length), _padded(b.words, length)


def _padded(words: Words, length: int) -> Words:
    if len(words) == length:
        return words
    return np.concatenate([words, np.zeros(length - len(words), np.uint64)])
