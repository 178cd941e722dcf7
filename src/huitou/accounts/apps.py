"""Django's handle on this part."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "huitou.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"
