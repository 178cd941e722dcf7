"""App-database rows of accounts. Other parts use ``accounts.shops``, ``guard`` and ``audit`` instead.

The exception: ``User`` may be the target of a foreign key (``settings.AUTH_USER_MODEL``).
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from huitou.accounts.permissions import permissions_of
from huitou.kernel.clock import DEFAULT_ZONE


class Brand(models.Model):
    """The one brand of this installation (primary key 1)."""

    name = models.CharField(max_length=80)
    zone = models.CharField(max_length=64, default=DEFAULT_ZONE)
    currency = models.CharField(max_length=3, default="CNY")

    def __str__(self) -> str:
        return self.name


class Shop(models.Model):
    """An online shop or a store. The primary key is the ``shop`` number of the warehouse."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    platform = models.CharField(max_length=16)
    kind = models.CharField(max_length=8)
    province = models.CharField(max_length=32, blank=True)
    city = models.CharField(max_length=32, blank=True)
    opened_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return self.code


class UserManager(BaseUserManager["User"]):
    """Finds users by the lower-cased name they log in with."""

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(username=(username or "").strip().lower())


class User(AbstractBaseUser):
    """A person who logs in."""

    username = models.CharField(max_length=64, unique=True)
    display_name = models.CharField(max_length=64)
    role = models.CharField(max_length=24)
    language = models.CharField(max_length=2, default="zh")
    theme = models.CharField(max_length=5, default="auto")
    is_active = models.BooleanField(default=True)
    must_change_password = models.BooleanField(default=False)
    all_shops = models.BooleanField(default=False)
    shops = models.ManyToManyField(Shop, blank=True, related_name="users")
    created_at = models.DateTimeField()

    objects = UserManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        ordering: ClassVar = ["username"]

    def __str__(self) -> str:
        return self.username

    @property
    def permissions(self) -> frozenset[str]:
        return permissions_of(self.role)


class Guide(models.Model):
    """A shopping guide of a store, with or without a login."""

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=64)
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="guides")
    user = models.OneToOneField(User, on_delete=models.SET_NULL, null=True, blank=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar = ["shop_id", "code"]

    def __str__(self) -> str:
        return self.code


class ApiKey(models.Model):
    """A program's credential. Only the SHA-256 of the secret is kept; it has 256 random bits."""

    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=12)
    digest = models.CharField(max_length=64, unique=True)
    role = models.CharField(max_length=24)
    all_shops = models.BooleanField(default=False)
    shops = models.ManyToManyField(Shop, blank=True, related_name="api_keys")
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="api_keys")
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    expires_on = models.DateField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return self.prefix

    @property
    def permissions(self) -> frozenset[str]:
        return permissions_of(self.role)


class AuditEntry(models.Model):
    """One write, or one reveal of personal data. Rows are only ever added."""

    at = models.DateTimeField(db_index=True)
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    key = models.ForeignKey(ApiKey, on_delete=models.PROTECT, null=True, related_name="+")
    actor_name = models.CharField(max_length=80)
    action = models.CharField(max_length=48, db_index=True)
    subject = models.CharField(max_length=160)
    detail = models.JSONField(default=dict)
    ip = models.GenericIPAddressField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return f"{self.action} {self.subject}"


class LoginAttempts(models.Model):
    """Failed logins in a row for one bucket (keyed hash of user + address, or of an address)."""

    bucket = models.CharField(max_length=64, primary_key=True)
    count = models.PositiveIntegerField(default=0)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.bucket
