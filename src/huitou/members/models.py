"""App-database rows of this part: sealed records, people's decisions, suggestions to review."""

from __future__ import annotations

from typing import ClassVar, Final

from django.conf import settings
from django.db import models

ACCOUNT: Final = 1
RECEIVER: Final = 2
NOTE: Final = 3
KIND_CODES: Final[dict[str, int]] = {"account": ACCOUNT, "receiver": RECEIVER, "note": NOTE}
KIND_NAMES: Final = {code: name for name, code in KIND_CODES.items()}


class VaultRecord(models.Model):
    """One sealed record (``members.sealing`` says how it is found). Reached through ``vault``."""

    pk = models.CompositePrimaryKey("ref", "digest")
    ref = models.BinaryField(max_length=16)
    digest = models.BinaryField(max_length=8)
    kind = models.SmallIntegerField()
    key_id = models.SmallIntegerField()
    body = models.BinaryField()
    seen_at = models.BigIntegerField(default=0)  # microseconds since 1970, UTC; 0 where undated
    first_batch = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{KIND_NAMES[self.kind]} {bytes(self.ref).hex()}"


class IdentityDecision(models.Model):
    """What a person decided about two groups of identities. Reversible, never deleted.

    ``left`` and ``right`` are hexadecimal key hashes: of a merge one of each member; of a
    separation every strong identity of either side. ``state``: pending (written, not yet in the
    warehouse) → active → undoing → undone.
    """

    kind = models.CharField(max_length=8)  # merge | separate
    left = models.JSONField(default=list)
    right = models.JSONField(default=list)
    members = models.JSONField(default=list)  # the two member numbers when it was decided
    into = models.BigIntegerField(null=True)  # the number that resulted
    state = models.CharField(max_length=7, default="pending")
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    by_name = models.CharField(max_length=150)
    note = models.CharField(max_length=300, blank=True)
    undone_at = models.DateTimeField(null=True)
    undone_by_name = models.CharField(max_length=150, blank=True)
    undo_note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [models.Index(fields=["state", "id"], name="decision_state")]

    def __str__(self) -> str:
        return f"{self.kind} {self.members} {self.state}"


class Suggestion(models.Model):
    """Two members that weak evidence joins, or a strong identity that joins too many accounts.

    ``left`` and ``right`` are hexadecimal key hashes that stand for the members whatever numbers
    they have by now (a conflict has its identity in ``left`` and no ``right``); ``a`` and ``b`` are
    the numbers at the last refresh.
    """

    kind = models.CharField(max_length=10)  # suggestion | conflict
    left = models.CharField(max_length=32)
    right = models.CharField(max_length=32, blank=True)
    members = models.JSONField(default=list)
    a = models.BigIntegerField()
    b = models.BigIntegerField(null=True)
    score = models.FloatField()
    reasons = models.JSONField(default=list)  # [{"kind", "count"}]
    state = models.CharField(max_length=9, default="open")  # open | merged | dismissed
    created_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by_name = models.CharField(max_length=150, blank=True)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering: ClassVar = ["-score", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "left", "right"], name="suggestion_pair")
        ]
        indexes: ClassVar = [
            models.Index(fields=["state", "-score", "id"], name="suggestion_queue"),
            models.Index(fields=["a"], name="suggestion_a"),
            models.Index(fields=["b"], name="suggestion_b"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.members} {self.state}"
