"""Masking what names a person inside free text that stays readable (reviews, reasons, notes of routes)."""

from __future__ import annotations

from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

_SUSPECT: Final = (
    r"[0-9０-９][0-9０-９ \-]{5,}[0-9０-９]|[@＠]|(?i:微信|威信|薇信|\bwx\b|\bvx\b|v信|\bqq\b|扣扣)"
)

_MASKS: Final = (
    (r"[0-9A-Za-z._%+\-]+[@＠][0-9A-Za-z\-]+(?:\.[0-9A-Za-z\-]+)+", "***@***"),
    (
        r"(?i)(微信|威信|薇信|\bwx|\bvx|v信|\bqq|扣扣)(号|号码)?\s*[:：是]?\s*[A-Za-z0-9_\-]{5,}",
        r"$1***",
    ),
    # A mobile, plain or grouped (138 0013 8000, 138-0013-8000); only its own digits go.
    (
        r"(?:\+?86[\- ]?)?[1１][3-9３-９][0-9０-９][\- ]?[0-9０-９]{4}[\- ]?[0-9０-９]{4}",
        "***********",
    ),
    # Landlines, QQ and card numbers: no number in a review needs seven digits on end.
    (r"[0０][0-9０-９]{2,3}[\- ][0-9０-９]{7,8}", "***"),
    (r"[0-9０-９]{7,}[Xx]?", "*******"),
)


def masked(texts: pa.Array) -> pa.Array:
    """The texts with phone numbers, e-mail addresses and messenger ids masked; null stays null."""
    if texts.null_count == len(texts):
        return texts
    suspect = pc.fill_null(pc.match_substring_regex(texts, _SUSPECT), False)
    if not pc.any(suspect).as_py():
        return texts
    some = texts.filter(suspect)
    for pattern, replacement in _MASKS:
        some = pc.replace_substring_regex(some, pattern, replacement.replace("$1", r"\1"))
    return pc.replace_with_mask(texts, suspect, some)
