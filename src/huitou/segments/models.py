"""App-database rows of this part: saved segments, their stored sets, and their refreshes.

Sets are roaring bitmaps (``sets.MemberSet.dumps``). What a refresh works out is written here first
(``Refresh``, ``PendingSet``), then told in the feed, then put in place: ``refresh`` says how.
"""

from __future__ import annotations

from typing import ClassVar, Final

from django.conf import settings
from django.db import models

from huitou.segments.tag_models import Tag, TagGroup

__all__ = [
    "GridCuts",
    "PendingSet",
    "Refresh",
    "Segment",
    "SegmentHistory",
    "SegmentSet",
    "SegmentState",
    "Tag",
    "TagGroup",
]

DYNAMIC: Final = "dynamic"
STATIC: Final = "static"
LIST: Final = "list"
FRESH: Final = "fresh"
STALE: Final = "stale"
FAILED: Final = "failed"


class Segment(models.Model):
    """A saved segment.

    dynamic: whoever satisfies ``rule`` now · static: whoever did when it was saved · list: an uploaded
    list. ``rule`` is a rule document; None for lists. ``revision`` grows with every change of the rule.
    """

    name = models.CharField(max_length=80)
    description = models.CharField(max_length=500, blank=True)
    folder = models.CharField(max_length=80, blank=True)
    kind = models.CharField(max_length=7)
    rule = models.JSONField(null=True)
    revision = models.IntegerField(default=1)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    owner_name = models.CharField(max_length=150, blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [models.Index(fields=["archived_at", "kind"], name="segment_kind")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk} {self.name}"


class SegmentState(models.Model):
    """What the last refresh of a segment found. ``size`` is None until the first one.

    ``state``: fresh · stale (the rule changed since) · failed (``error``: a stored error). That a refresh
    is going on is known from its job.
    """

    segment = models.OneToOneField(
        Segment, on_delete=models.CASCADE, primary_key=True, related_name="state"
    )
    state = models.CharField(max_length=6, default=STALE)
    error = models.JSONField(
        null=True
    )  # {"code", "message": {zh, en}, "remedy": {zh, en}, "where"}
    size = models.BigIntegerField(null=True)
    entered = models.BigIntegerField(default=0)
    left = models.BigIntegerField(default=0)
    day = models.DateField(null=True)  # the brand day it was asked for
    refreshed_at = models.DateTimeField(null=True)
    revision = models.IntegerField(default=0)  # of the rule that was asked

    def __str__(self) -> str:
        return f"segment {self.pk}: {self.size} {self.state}"


class SegmentSet(models.Model):
    """The members of a segment after its last refresh; of a static one and of a list, for ever."""

    segment = models.OneToOneField(
        Segment, on_delete=models.CASCADE, primary_key=True, related_name="stored"
    )
    members = models.BinaryField()

    def __str__(self) -> str:
        return f"set of segment {self.pk}"


class SegmentHistory(models.Model):
    """One row per segment and brand day: the last size of the day, and the day's comings and goings."""

    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="history")
    day = models.DateField()
    size = models.BigIntegerField()
    entered = models.BigIntegerField(default=0)
    left = models.BigIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["day"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["segment", "day"], name="segment_history_day")
        ]

    def __str__(self) -> str:
        return f"segment {self.segment_id} on {self.day}: {self.size}"


class Refresh(models.Model):
    """One refresh of some segments whose result is not yet in place. Its id is its number.

    Written before the warehouse hears of it; the warehouse keeps the highest number it has told in the
    feed, which proves whether this one's changes are in.
    """

    at = models.DateTimeField()
    day = models.DateField()

    def __str__(self) -> str:
        return f"refresh {self.pk}"


class PendingSet(models.Model):
    """The new set of one segment, of a refresh that is not yet in place."""

    refresh = models.ForeignKey(Refresh, on_delete=models.CASCADE, related_name="sets")
    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="+")
    members = models.BinaryField()
    revision = models.IntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["refresh", "segment"], name="pending_set")
        ]

    def __str__(self) -> str:
        return f"{self.refresh_id}: segment {self.segment_id}"


class GridCuts(models.Model):
    """The brand's own cut points of the grids (primary key 1); ``grids.GridSettings`` without a row."""

    cuts = models.JSONField(default=dict)
    updated_at = models.DateTimeField()
    updated_by_name = models.CharField(max_length=150, blank=True)

    def __str__(self) -> str:
        return "cut points of the grids"
