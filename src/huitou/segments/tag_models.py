"""App-database rows of tags: their groups and what each tag is. Who has them is in the warehouse.

Built-in groups and tags have a stable ``code`` and take their labels from ``tag_builtin``; what
operators make has a label of its own.
"""

from __future__ import annotations

from typing import ClassVar, Final

from django.conf import settings
from django.db import models

MANUAL: Final = "manual"
RULE: Final = "rule"
LIVE: Final = "live"


class TagGroup(models.Model):
    """A group of tags. ``exclusive``: a member has at most one tag of it."""

    code = models.CharField(max_length=40, unique=True)
    label = models.CharField(max_length=40, blank=True)  # empty for built-in ones
    builtin = models.BooleanField(default=False)
    exclusive = models.BooleanField(default=False)
    position = models.IntegerField(default=0)
    created_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["position", "id"]

    def __str__(self) -> str:
        return self.label or self.code


class Tag(models.Model):
    """A tag. Its id is its number in the warehouse and in rules.

    ``kind``: manual (people set it) · rule (kept true by refreshes) · live (also decided for touched
    members right after every commit). ``rule`` is a rule document; None for manual tags and for a
    built-in one whose rule is as it came. ``enabled``: whether the rule is at work.
    ``days``: how long a manual tag lasts unless said otherwise; how long one by rule stays after the
    member no longer fits. None: for ever, and not at all.
    """

    group = models.ForeignKey(TagGroup, on_delete=models.PROTECT, related_name="tags")
    code = models.CharField(max_length=40, unique=True)
    label = models.CharField(max_length=40, blank=True)
    builtin = models.BooleanField(default=False)
    kind = models.CharField(max_length=6, default=MANUAL)
    rule = models.JSONField(null=True)
    enabled = models.BooleanField(default=True)
    days = models.IntegerField(null=True)
    position = models.IntegerField(default=0)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True)
    refreshed_at = models.DateTimeField(null=True)
    entered = models.BigIntegerField(default=0)  # members who got it at the last full refresh
    left = models.BigIntegerField(default=0)
    error = models.JSONField(null=True)  # of the last refresh: {"code", "message": {zh, en}, …}

    class Meta:
        ordering: ClassVar = ["position", "id"]
        indexes: ClassVar = [models.Index(fields=["kind", "enabled"], name="tag_kind")]

    def __str__(self) -> str:
        return self.label or self.code
