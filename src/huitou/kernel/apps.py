"""Django's handle on this part."""

from django.apps import AppConfig


class KernelConfig(AppConfig):
    name = "huitou.kernel"
    label = "kernel"
    default_auto_field = "django.db.models.BigAutoField"
