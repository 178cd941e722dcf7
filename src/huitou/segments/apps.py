"""Django's handle on this part."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class SegmentsConfig(AppConfig):
    name = "huitou.segments"
    label = "segments"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        post_migrate.connect(_install_tags, sender=self)


def _install_tags(**_: Any) -> None:
    """The built-in tags are there as soon as their tables are."""
    from huitou.kernel.clock import wall_clock
    from huitou.segments import tag_builtin

    tag_builtin.install(wall_clock())
