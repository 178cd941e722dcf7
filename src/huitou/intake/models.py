"""App-database rows of intake: batches (one per file handed in) and the mappings people saved.

No personal data: samples are masked before they are kept here, originals and rejected rows live
encrypted in ``home.files`` (see ``archive``), what is staged in ``home.staging`` is hashed or sealed.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

from django.conf import settings
from django.db import models


class Batch(models.Model):
    """One file handed in, and what became of it. The primary key is the warehouse's ``batch``."""

    name = models.CharField(max_length=255)
    size = models.BigIntegerField(default=0)
    stored_size = models.BigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True, db_index=True)
    content = models.CharField(max_length=32, blank=True)  # name of the original in the archive
    state = models.CharField(max_length=12, default="received", db_index=True)
    same_as = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="+")

    # How it is read: what the person chose, and what that came to for each table of the file.
    choice = models.JSONField(
        default=dict
    )  # {"profile": code|"auto"} or {"mapping": {...}, "mapping_id", "version"}
    shop = models.BigIntegerField(null=True)
    tables = models.JSONField(
        default=list
    )  # [{name, header, header_row, sampled, plan}] masked samples
    matches = models.JSONField(default=list)
    # What the file is read with, and the batch that brought the same before (see ``recipe``).
    recipe = models.CharField(max_length=64, blank=True)
    repeats = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")

    # What came of it.
    rows = models.BigIntegerField(default=0)
    inserted = models.BigIntegerField(default=0)
    updated = models.BigIntegerField(default=0)
    unchanged = models.BigIntegerField(default=0)
    rejected = models.BigIntegerField(default=0)
    paid_amount = models.DecimalField(max_digits=18, decimal_places=4, default=Decimal(0))
    refunded_amount = models.DecimalField(max_digits=18, decimal_places=4, default=Decimal(0))
    members_new = models.BigIntegerField(default=0)
    warnings = models.JSONField(default=list)  # [{zh, en}]
    rejects_by_reason = models.JSONField(default=list)  # [{code, zh, en, count}]
    preview = models.JSONField(null=True)
    summary = models.JSONField(null=True)  # the report of the commit
    error = models.JSONField(null=True)  # {"zh": ErrorBody, "en": ErrorBody}

    job = models.BigIntegerField(null=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    created_at = models.DateTimeField()
    committed_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return f"{self.pk} {self.name}"

    @property
    def rejects_name(self) -> str:
        """The name of the rejected rows in the archive."""
        return f"{self.repeats_id or self.pk}-rejects"


class Mapping(models.Model):
    """A mapping from a file's columns to Huitou's fields that a person drew and named."""

    name = models.CharField(max_length=80, unique=True)
    version = models.PositiveIntegerField(default=1)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return f"{self.name} v{self.version}"

    @property
    def body(self) -> dict[str, Any]:
        """The mapping in its present version, as JSON."""
        found: MappingVersion = self.versions.get(version=self.version)
        body: dict[str, Any] = found.body
        return body


class MappingVersion(models.Model):
    """One version of a mapping; never changed, so that a batch can say what it was read with."""

    mapping = models.ForeignKey(Mapping, on_delete=models.CASCADE, related_name="versions")
    version = models.PositiveIntegerField()
    body = models.JSONField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    created_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["version"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["mapping", "version"], name="one_body_per_version")
        ]

    def __str__(self) -> str:
        return f"{self.mapping_id} v{self.version}"
