"""Django's handle on this part."""

from django.apps import AppConfig


class MembersConfig(AppConfig):
    name = "huitou.members"
    label = "members"
    default_auto_field = "django.db.models.BigAutoField"
