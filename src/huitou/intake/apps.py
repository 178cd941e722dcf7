"""Django's handle on this part."""

from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "huitou.intake"
    label = "intake"
    default_auto_field = "django.db.models.BigAutoField"
