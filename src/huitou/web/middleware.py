"""What every answer of Django carries, and what no request may exceed."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from huitou.kernel.errors import HuitouError
from huitou.kernel.i18n import Text, speaking
from huitou.web.errors import error_response
from huitou.web.headers import security_headers

Handler = Callable[[HttpRequest], HttpResponseBase]


class TooLarge(HuitouError):
    """The request is bigger than this kind of request may be."""

    status = 413
    code = "too_large"


def protect(get_response: Handler) -> Handler:
    """Size limit, language of the request, security headers, Secure cookies over https."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        with speaking(request.headers.get("Accept-Language")):
            refusal = _too_large(request)
            response = error_response(refusal) if refusal else get_response(request)
        for name, value in security_headers(https=request.is_secure()):
            response.headers.setdefault(name, value)
        response.headers.setdefault("Cache-Control", "no-store")
        if request.is_secure():
            for cookie in response.cookies.values():
                cookie["secure"] = True
        return response

    return middleware


def _too_large(request: HttpRequest) -> TooLarge | None:
    length = request.META.get("CONTENT_LENGTH") or "0"
    is_upload = (request.content_type or "").startswith("multipart/form-data")
    limit = settings.MAX_UPLOAD_BYTES if is_upload else settings.MAX_JSON_BYTES
    if length.isdigit() and int(length) <= limit:
        return None
    megabytes = limit // 1024**2
    return TooLarge(
        Text(f"请求超过 {megabytes} MB", f"The request is over {megabytes} MB"),
        remedy=Text("分成几个文件上传", "Split it into several files"),
    )
