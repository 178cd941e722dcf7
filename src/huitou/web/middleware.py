"""What every answer of Django carries, and what no request may exceed."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from huitou.kernel.i18n import speaking
from huitou.web.errors import TooLarge, error_response, too_large
from huitou.web.headers import security_headers

Handler = Callable[[HttpRequest], HttpResponseBase]


def protect(get_response: Handler) -> Handler:
    """Size limit, language of the request, security headers, Secure cookies over https."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        with speaking(request.headers.get("Accept-Language")):
            refusal = _refusal(request)
            response = error_response(refusal) if refusal else get_response(request)
        for name, value in security_headers(https=request.is_secure()):
            response.headers.setdefault(name, value)
        response.headers.setdefault("Cache-Control", "no-store")
        if isinstance(response, HttpResponse):
            response.headers["Content-Length"] = str(len(response.content))
        if request.is_secure():
            for cookie in response.cookies.values():
                cookie["secure"] = True
        return response

    return middleware


def _refusal(request: HttpRequest) -> TooLarge | None:
    length = request.META.get("CONTENT_LENGTH") or "0"
    is_upload = (request.content_type or "").startswith("multipart/form-data")
    limit = settings.MAX_UPLOAD_BYTES if is_upload else settings.MAX_JSON_BYTES
    return None if length.isdigit() and int(length) <= limit else too_large(limit)
