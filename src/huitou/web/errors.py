"""Errors as HTTP answers: ``{"code", "message", "remedy", "where"}`` in the caller's language."""

from __future__ import annotations

import logging
from typing import Any

from django.core.exceptions import RequestAborted
from django.http import Http404, HttpRequest, JsonResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from huitou.kernel.errors import HuitouError, InvalidInput, NotFound, TooMany, Unauthenticated
from huitou.kernel.i18n import Text

log = logging.getLogger("huitou.web")


class TooLarge(HuitouError):
    """The request is bigger than this kind of request may be."""

    status = 413
    code = "too_large"


def too_large(limit: int) -> TooLarge:
    """The error for a request of more than ``limit`` bytes."""
    megabytes = limit // 1024**2
    return TooLarge(
        Text(f"请求超过 {megabytes} MB", f"The request is over {megabytes} MB"),
        remedy=Text("分成几个文件上传", "Split it into several files"),
    )


def error_response(error: HuitouError) -> JsonResponse:
    """The answer for an error, in the active language."""
    answer = JsonResponse(
        error.as_dict(), status=error.status, json_dumps_params={"ensure_ascii": False}
    )
    wait = error.where.get("retry_after")
    if isinstance(error, TooMany) and wait is not None:
        answer["Retry-After"] = str(wait)
    return answer


def no_such_page() -> NotFound:
    return NotFound(
        Text("没有这个接口", "There is no such address"),
        remedy=Text(
            "接口说明：/api/v1/openapi.json", "The API is described at /api/v1/openapi.json"
        ),
    )


def internal_error() -> HuitouError:
    error = HuitouError(
        Text("服务器内部出错", "Something went wrong inside the server"),
        remedy=Text(
            "重试；仍然失败时查看服务器日志", "Try again; if it fails again, read the server's log"
        ),
        code="internal",
    )
    error.status = 500
    return error


def install(api: NinjaAPI) -> None:
    """Give the API our answers for every kind of error."""

    @api.exception_handler(HuitouError)
    def _known(request: HttpRequest, error: HuitouError) -> JsonResponse:
        return error_response(error)

    @api.exception_handler(ValidationError)
    def _invalid(request: HttpRequest, error: ValidationError) -> JsonResponse:
        return error_response(_invalid_input(error.errors))

    @api.exception_handler(AuthenticationError)
    def _anonymous(request: HttpRequest, error: AuthenticationError) -> JsonResponse:
        return error_response(Unauthenticated(Text("尚未登录", "Nobody is logged in")))

    @api.exception_handler(HttpError)
    def _http(request: HttpRequest, error: HttpError) -> JsonResponse:
        known = HuitouError(Text("请求无法处理", f"The request cannot be handled: {error}"))
        known.status = error.status_code
        return error_response(known)

    @api.exception_handler(Http404)
    def _missing(request: HttpRequest, error: Http404) -> JsonResponse:
        return error_response(no_such_page())

    @api.exception_handler(RequestAborted)
    def _gone(request: HttpRequest, error: RequestAborted) -> JsonResponse:
        return error_response(HuitouError(Text("上传中断", "The upload was broken off")))

    @api.exception_handler(Exception)
    def _unexpected(request: HttpRequest, error: Exception) -> JsonResponse:
        log.error("%s %s", request.method, request.path, exc_info=error)
        return error_response(internal_error())


def _invalid_input(problems: list[dict[str, Any]]) -> InvalidInput:
    fields = [
        {"field": ".".join(str(part) for part in problem["loc"][1:]), "problem": problem["msg"]}
        for problem in problems
    ]
    names = ", ".join(dict.fromkeys(field["field"] or "body" for field in fields))
    return InvalidInput(
        Text(f"填写有误：{names}", f"Cannot be used: {names}"),
        remedy=Text("改正这些字段后重试", "Correct these fields and try again"),
        where={"fields": fields},
    )
