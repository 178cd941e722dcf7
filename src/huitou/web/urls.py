"""Addresses that Django answers. Everything else is the single-page app (web.static)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path

from huitou.web.api import api
from huitou.web.errors import error_response, internal_error, no_such_page

urlpatterns = [path("api/v1/", api.urls)]


def handler404(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return error_response(no_such_page())


def handler500(request: HttpRequest) -> HttpResponse:
    return error_response(internal_error())
