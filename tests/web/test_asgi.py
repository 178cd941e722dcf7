"""The outermost layer: hosts, the app's files, bodies that stream, the hand-over's door."""

from __future__ import annotations

import asyncio
import gzip
import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from asgiref.sync import async_to_sync
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import override_settings
from django.urls import path

from huitou.kernel.errors import InvalidInput
from huitou.kernel.i18n import Text
from huitou.web import hosts
from huitou.web.asgi import Application
from huitou.web.cli import registry
from huitou.web.cli.registry import Command
from huitou.web.local import LocalCommands
from huitou.web.static import StaticApp

TOKEN = "t" * 40


@pytest.fixture
def built(tmp_path: Path) -> Path:
    folder = tmp_path / "static"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html><title>Huitou</title>")
    (folder / "favicon.svg").write_text("<svg/>")
    (folder / "assets" / "app-4f2a.js").write_text("let a = 1;" * 400)
    return folder


@pytest.fixture
def call(built: Path) -> Callable[..., httpx.Response]:
    application = Application(static=StaticApp(built), local=LocalCommands(TOKEN))

    def ask(
        method: str, address: str, client: tuple[str, int] = ("127.0.0.1", 4000), **options: Any
    ) -> httpx.Response:
        async def run() -> httpx.Response:
            transport = httpx.ASGITransport(application, client=client)
            async with httpx.AsyncClient(
                transport=transport, base_url="http://localhost:8000"
            ) as asking:
                return await asking.request(method, address, **options)

        return asyncio.run(run())

    return ask


@pytest.mark.parametrize(
    ("host", "allowed"),
    [
        ("localhost:8000", True),
        ("127.0.0.1:8000", True),
        ("[::1]:8000", True),
        ("192.168.3.4", True),
        ("app.localhost", True),
        ("evil.example", False),
        ("localhost.evil.example", False),
        ("127.0.0.1.evil.example", False),
        ("", False),
        ("a b", False),
    ],
)
def test_hosts(host: str, allowed: bool) -> None:
    assert hosts.is_allowed(host) is allowed


def test_hosts_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUITOU_ALLOWED_HOSTS", "crm.example, Other.example")
    monkeypatch.setenv("HUITOU_PUBLIC_URL", "https://members.example:8443")
    hosts._names.cache_clear()
    try:
        for host in ("crm.example", "other.example:80", "members.example"):
            assert hosts.is_allowed(host)
    finally:
        hosts._names.cache_clear()


def test_a_foreign_name_is_told_what_to_do(call: Callable[..., httpx.Response]) -> None:
    for address in ("/", "/api/v1/ping", "/api/local/run"):
        answer = call("GET", address, headers={"Host": "evil.example", "Accept-Language": "en"})
        assert answer.status_code == 400
        assert "HUITOU_ALLOWED_HOSTS=evil.example" in answer.json()["remedy"]


def test_app_routes_get_the_page_and_missing_files_do_not(
    call: Callable[..., httpx.Response],
) -> None:
    for address in ("/", "/members", "/members/17", "/settings/users?x=1"):
        answer = call("GET", address)
        assert answer.status_code == 200
        assert "<title>Huitou</title>" in answer.text
        assert answer.headers["cache-control"] == "no-cache"
        assert answer.headers["content-security-policy"]
    assert call("GET", "/assets/gone.js").status_code == 404
    assert call("GET", "/../../etc/passwd.txt").status_code == 404
    assert call("POST", "/members").status_code == 405
    assert call("HEAD", "/").content == b""


def test_hashed_files_are_kept_for_good_and_packed(call: Callable[..., httpx.Response]) -> None:
    answer = call("GET", "/assets/app-4f2a.js", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["content-encoding"] == "gzip"
    assert int(answer.headers["content-length"]) < len(answer.content)
    plain = call("GET", "/assets/app-4f2a.js", headers={"Accept-Encoding": "identity"})
    assert plain.content == answer.content == b"let a = 1;" * 400
    again = call("GET", "/", headers={"If-None-Match": call("GET", "/").headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_without_a_build_a_page_says_what_to_do(tmp_path: Path) -> None:
    empty = StaticApp(tmp_path)
    found = empty.find("/members")
    assert not empty.is_built
    assert found is not None
    assert b"make build" in found.body


def test_django_answers_below_api(call: Callable[..., httpx.Response]) -> None:
    assert call("GET", "/api/v1/ping").json() == {"ok": True}
    missing = call("GET", "/api/nowhere")
    assert (missing.status_code, missing.json()["code"]) == (404, "not_found")


# Bodies


def _length(request: HttpRequest) -> HttpResponse:
    return HttpResponse(str(len(request.body)))


def _stream(request: HttpRequest) -> HttpResponse:
    """How much of an upload had come when the view first looked, and the whole of it."""
    first = request.read(10)
    rest = 0
    while piece := request.read(65536):
        rest += len(piece)
    return HttpResponse(f"{len(first)} {len(first) + rest}")


def _deaf(request: HttpRequest) -> HttpResponse:
    return HttpResponse("no, thank you", status=403)


def _download(request: HttpRequest) -> StreamingHttpResponse:
    return StreamingHttpResponse((b"x" * 1000 for _ in range(50)), content_type="text/csv")


urlpatterns = [
    path("api/length", _length),
    path("api/stream", _stream),
    path("api/deaf", _deaf),
    path("api/download", _download),
]
MULTIPART = {"Content-Type": "multipart/form-data; boundary=x"}


@pytest.fixture
def own_urls() -> Any:
    with override_settings(ROOT_URLCONF=__name__, MIDDLEWARE=[]):
        yield


async def _pieces(count: int, size: int = 1000) -> Any:
    for _ in range(count):
        yield b"x" * size


def test_a_small_body_is_read_at_once(own_urls: None, call: Callable[..., httpx.Response]) -> None:
    assert call("POST", "/api/length", content=b"12345").text == "5"


def test_a_body_without_a_length_is_cut_off_at_the_limit(
    own_urls: None, call: Callable[..., httpx.Response]
) -> None:
    with override_settings(MAX_JSON_BYTES=5000):
        assert call("POST", "/api/length", content=_pieces(5)).text == "5000"
        answer = call("POST", "/api/length", content=_pieces(6))
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_an_upload_is_read_as_it_comes(own_urls: None, call: Callable[..., httpx.Response]) -> None:
    headers = {**MULTIPART, "Content-Length": "300000"}
    assert call("POST", "/api/stream", content=_pieces(300), headers=headers).text == "10 300000"


def test_an_upload_that_nobody_wants_is_not_taken(
    own_urls: None, call: Callable[..., httpx.Response]
) -> None:
    """The view answers without a byte of it having been asked for."""
    asked: list[int] = []

    async def watched() -> Any:
        for number in range(100):
            asked.append(number)
            yield b"x" * 1000

    headers = {**MULTIPART, "Content-Length": "100000"}
    answer = call("POST", "/api/deaf", content=watched(), headers=headers)
    assert (answer.status_code, answer.text) == (403, "no, thank you")
    assert len(asked) < 3


def test_uploads_must_say_their_length_and_not_exceed_the_limit(
    own_urls: None, call: Callable[..., httpx.Response]
) -> None:
    unsaid = call("POST", "/api/stream", content=_pieces(3), headers=MULTIPART)
    assert (unsaid.status_code, unsaid.json()["code"]) == (411, "length_required")
    with override_settings(MAX_UPLOAD_BYTES=10_000):
        headers = {**MULTIPART, "Content-Length": "10001"}
        large = call("POST", "/api/stream", content=_pieces(11), headers=headers)
    assert large.status_code == 413


@pytest.mark.filterwarnings("error")
def test_a_synchronous_download_streams(
    own_urls: None, call: Callable[..., httpx.Response]
) -> None:
    assert len(call("GET", "/api/download").content) == 50_000


# Hand-over


@pytest.fixture
def own_commands(monkeypatch: pytest.MonkeyPatch) -> None:
    def echo(args: dict[str, Any], emit: registry.Emit) -> dict[str, Any]:
        emit({"done": 1, "total": 2, "message": {"zh": "一", "en": "one"}})
        return {"said": args["word"]}

    def fail(args: dict[str, Any], emit: registry.Emit) -> dict[str, Any]:
        raise InvalidInput(Text("坏", "Bad"), remedy=Text("改", "Mend it"))

    def crash(args: dict[str, Any], emit: registry.Emit) -> dict[str, Any]:
        raise RuntimeError("the secret detail")

    commands = {
        name: Command(name, run, warehouse=True, prepares=True)
        for name, run in (("echo", echo), ("fail", fail), ("crash", crash))
    }
    monkeypatch.setattr("huitou.web.local.COMMANDS", commands)


def _run(
    call: Callable[..., httpx.Response], command: str, token: str = TOKEN, **options: Any
) -> httpx.Response:
    headers = {"Authorization": f"Local {token}", **options.pop("headers", {})}
    body = {"command": command, "args": {"word": "回头"}, "language": "en"}
    return call("POST", "/api/local/run", json=body, headers=headers, **options)


def _lines(answer: httpx.Response) -> list[dict[str, Any]]:
    return [json.loads(line) for line in answer.text.splitlines()]


def test_a_command_tells_its_progress_and_its_result(
    own_commands: None, call: Callable[..., httpx.Response]
) -> None:
    assert _lines(_run(call, "echo")) == [
        {"progress": {"done": 1, "total": 2, "message": {"zh": "一", "en": "one"}}},
        {"result": {"said": "回头"}},
    ]


def test_a_command_tells_its_error_in_the_language_asked_for(
    own_commands: None, call: Callable[..., httpx.Response]
) -> None:
    error = {"code": "invalid_input", "message": "Bad", "remedy": "Mend it", "where": {}}
    assert _lines(_run(call, "fail")) == [{"error": error}]
    crashed = _lines(_run(call, "crash"))[0]["error"]
    assert crashed["code"] == "internal"
    assert "secret" not in str(crashed)
    assert _run(call, "unknown").json()["code"] == "unknown_command"


@pytest.mark.parametrize(
    "options",
    [
        {"token": "x" * 40},
        {"token": ""},
        {"client": ("192.168.1.9", 4000)},
        {"headers": {"Origin": "http://localhost:8000"}},
        {"headers": {"X-Forwarded-For": "8.8.8.8"}},
    ],
    ids=["wrong token", "no token", "another machine", "a web page", "through a proxy"],
)
def test_only_this_machines_command_line_may_call(
    own_commands: None, call: Callable[..., httpx.Response], options: dict[str, Any]
) -> None:
    assert _run(call, "echo", **options).status_code == 403


def test_hanging_up_cancels_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    stopped, begun = threading.Event(), threading.Event()

    def endless(args: dict[str, Any], emit: registry.Emit) -> dict[str, Any]:
        try:
            while True:
                emit({"done": 1})
                begun.set()
                threading.Event().wait(0.01)
        finally:
            stopped.set()

    command = Command("endless", endless, warehouse=True, prepares=True)
    monkeypatch.setattr("huitou.web.local.COMMANDS", {"endless": command})
    body = json.dumps({"command": "endless", "args": {}}).encode()
    asked = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> dict[str, Any]:
        if asked:
            return asked.pop()
        await asyncio.to_thread(begun.wait, 10)
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        await asyncio.sleep(0)

    scope = {
        "type": "http",
        "method": "POST",
        "client": ("127.0.0.1", 1),
        "headers": [(b"authorization", f"Local {TOKEN}".encode())],
    }
    async_to_sync(LocalCommands(TOKEN))(scope, receive, send)
    assert stopped.wait(10)


def test_packed_files_unpack_to_themselves(built: Path) -> None:
    found = StaticApp(built).find("/assets/app-4f2a.js")
    assert found is not None
    assert found.packed is not None
    assert gzip.decompress(found.packed) == found.body
