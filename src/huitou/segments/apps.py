"""Django's handle on this part."""

from django.apps import AppConfig


class SegmentsConfig(AppConfig):
    name = "huitou.segments"
    label = "segments"
    default_auto_field = "django.db.models.BigAutoField"
