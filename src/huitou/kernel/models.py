"""Kernel's tables: background work that was asked for (``kernel.jobs``), cursors in the feed."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models


class Job(models.Model):
    """One piece of background work (see ``kernel.jobs``)."""

    kind = models.CharField(max_length=48)
    title = models.JSONField(default=dict)  # {"zh": …, "en": …}
    args = models.JSONField(default=dict)
    state = models.CharField(max_length=9, default="queued")
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(null=True)
    message = models.JSONField(null=True)  # {"zh": …, "en": …}
    result = models.JSONField(null=True)
    error = models.JSONField(
        null=True
    )  # {"code", "message": {zh, en}, "remedy": {zh, en}, "where"}
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    cancel_asked = models.BooleanField(default=False)
    boot = models.CharField(max_length=32, blank=True)  # the worker process that claimed it
    heartbeat_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [models.Index(fields=["state", "id"], name="job_state")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk} {self.state}"


class FeedCursor(models.Model):
    """How far one reader of the warehouse's feed has come. Reached through ``warehouse.followers``."""

    name = models.CharField(max_length=48, primary_key=True)
    seq = models.BigIntegerField()
    moved_at = models.DateTimeField()
    failures = models.IntegerField(default=0)  # in a row, since it last moved

    def __str__(self) -> str:
        return f"{self.name} at {self.seq}"
