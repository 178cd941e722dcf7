"""Django's handle on this part."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "huitou.web"
    label = "web"
    default_auto_field = "django.db.models.BigAutoField"
