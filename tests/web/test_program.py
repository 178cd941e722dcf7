"""The program as people run it: serve, hand over, stop, and every small command."""

from __future__ import annotations

import json
import signal
import socket
import sqlite3
import stat
import subprocess
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from tests.support.server import PROGRAM, Server, command, json_command, serving

from huitou.kernel.home import Home


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def environment(
    request: pytest.FixtureRequest, child_environment: dict[str, str]
) -> dict[str, str]:
    if request.param == "postgres":
        child_environment["HUITOU_DATABASE_URL"] = request.getfixturevalue("postgres_url")
    return child_environment


def test_first_start_work_hand_over_and_stop(environment: dict[str, str], home: Home) -> None:
    with serving(environment) as server:
        assert server.username == "owner"
        assert server.password
        card = json.loads(home.server_card.read_text())
        assert card["url"] == server.url
        assert stat.S_IMODE(home.server_card.stat().st_mode) == 0o600

        owner = server.logged_in()
        me = owner.get("/auth/me").json()
        assert (me["role"], me["must_change_password"]) == ("owner", False)
        made = owner.post("/shops", json={"code": "tb1", "name": "淘", "platform": "taobao"})
        assert made.status_code == 200
        health = owner.get("/health").json()
        assert {check["name"] for check in health["checks"] if not check["ok"]} <= {"app"}
        assert {"trade", "member", "feed"} <= {table["name"] for table in health["tables"]}

        # The command line finds the warehouse taken, and lets the server do the work.
        found = json_command(environment, "doctor")
        assert found["tables"] != []
        checks = {check["name"]: check for check in found["checks"]}
        assert checks["warehouse"]["ok"]
        assert json_command(environment, "shop", "list")["items"][0]["code"] == "tb1"

        second = json_command(environment, "serve", "--port", "0")
        assert second["error"]["code"] == "warehouse_busy"
        assert second["error"]["where"]["pid"] == server.process.pid

        assert server.stop() == 0
    assert not home.server_card.exists()

    # Everything is still there; no second owner is made.
    with serving(environment) as server:
        assert server.password is None
        client = server.client()
        login = {"username": "owner", "password": "huitou-is-back"}
        assert client.post("/auth/login", json=login).status_code == 200
        assert client.get("/shops").json()["items"][0]["code"] == "tb1"
        assert server.stop(signal.SIGINT) == 0


def test_files_of_a_home_are_their_owners_alone(
    child_environment: dict[str, str], home: Home
) -> None:
    with serving(child_environment) as server:
        server.stop()
    for path in home.root.rglob("*"):
        assert not stat.S_IMODE(path.stat().st_mode) & 0o077, path


def test_no_secret_is_made_twice_or_told(child_environment: dict[str, str], home: Home) -> None:
    with serving(child_environment) as server:
        server.stop()
    first = {path.name: path.read_bytes() for path in home.keys.iterdir()}
    with serving(child_environment) as server:
        server.stop()
    assert {path.name: path.read_bytes() for path in home.keys.iterdir()} == first
    assert len(set(first.values())) == 2


def test_a_taken_port_is_told(child_environment: dict[str, str], tmp_path: Path) -> None:
    with serving(child_environment) as server:
        port = server.url.rpartition(":")[2]
        other = {**child_environment, "HUITOU_HOME": str(tmp_path / "other")}
        told = json_command(other, "serve", "--port", port)
        assert told["error"]["code"] == "port_taken"


def test_serving_others_without_https_is_pointed_out(
    child_environment: dict[str, str],
) -> None:
    def exposed(host: str, **variables: str) -> bool:
        with serving({**child_environment, **variables}, "--host", host) as server:
            server.stop()
        assert server.started["url"].startswith("http://127.0.0.1:")
        return bool(server.started["exposed"])

    assert not exposed("127.0.0.1")
    assert exposed("0.0.0.0")
    assert not exposed("0.0.0.0", HUITOU_PUBLIC_URL="https://crm.example")


def test_a_killed_server_does_not_keep_the_home(
    child_environment: dict[str, str], home: Home
) -> None:
    with serving(child_environment) as server:
        server.process.kill()
        server.process.wait(10)
        assert home.server_card.exists()
        # The stale card is seen through, the lock is free: the command runs here.
        assert json_command(child_environment, "doctor")["tables"] != []


def test_a_worker_beside_a_server_leaves_the_warehouse_alone(
    child_environment: dict[str, str],
) -> None:
    with serving(child_environment) as server:
        with subprocess.Popen(
            [*PROGRAM, "worker", "--json"], env=child_environment, stdout=subprocess.PIPE, text=True
        ) as worker:
            assert worker.stdout is not None
            started = json.loads(worker.stdout.readline())
            worker.send_signal(signal.SIGTERM)
            assert worker.wait(20) == 0
        assert started["warehouse"] is False
        assert started["warehouse_pid"] == server.process.pid
        server.stop()
    with subprocess.Popen(
        [*PROGRAM, "worker", "--language", "en"],
        env=child_environment,
        stdout=subprocess.PIPE,
        text=True,
    ) as alone:
        assert alone.stdout is not None
        assert alone.stdout.readline() == "Working with 2 threads\n"
        alone.send_signal(signal.SIGINT)
        assert alone.wait(20) == 0


def test_users_and_shops_from_the_command_line(environment: dict[str, str]) -> None:
    assert json_command(environment, "shop", "add", "s1", "一店", "--platform", "pos", "--store")[
        "id"
    ]
    again = json_command(environment, "shop", "add", "s1", "x", "--platform", "pos")
    assert again["error"]["code"] == "conflict"
    made = json_command(environment, "user", "create", "Wang", "--role", "guide", "--shop", "s1")
    assert (made["username"], made["role"]) == ("wang", "guide")
    reset = json_command(environment, "user", "reset-password", "wang")
    assert reset["password"] != made["password"]
    with serving(environment) as server:
        # There was a user already, but nobody who could let others in.
        assert server.username == "owner"
        client = server.client()
        login = {"username": "wang", "password": reset["password"]}
        assert client.post("/auth/login", json=login).json()["must_change_password"] is True
        kept = json_command(environment, "user", "reset-password", "wang", "--keep")
        login["password"] = kept["password"]
        assert client.post("/auth/login", json=login).json()["must_change_password"] is False
        server.stop()


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["user", "reset-password", "nobody"], 1, "There is no user nobody"),
        (["user", "create", "x y"], 1, "Use 2 to 64 characters"),
        (["shop", "add", "b", "b", "--platform", "ebay"], 1, "taobao, tmall"),
        (["no-such-command"], 2, "No such command"),
        (["serve", "--port", "x"], 2, "x"),
    ],
)
def test_mistakes_are_told_without_a_traceback(
    child_environment: dict[str, str], words: list[str], code: int, said: str
) -> None:
    ended, out, err = command(child_environment, "--language", "en", *words)
    assert ended == code
    assert said in err
    assert "Traceback" not in err
    assert out == ""
    ended, out, _ = command(child_environment, "--json", *words, "--language=en")
    assert ended == code
    assert set(json.loads(out)["error"]) == {"code", "message", "remedy", "where"}


def test_an_unexpected_error_is_told_and_shown_only_on_request(
    child_environment: dict[str, str], tmp_path: Path
) -> None:
    broken = {**child_environment, "HUITOU_HOME": str(tmp_path / "a file")}
    (tmp_path / "a file").write_text("")
    code, _, err = command(broken, "shop", "list", "--language", "en")
    assert code == 1
    assert "Traceback" not in err
    assert "HUITOU_DEBUG=1" in err
    _, _, err = command({**broken, "HUITOU_DEBUG": "1"}, "shop", "list")
    assert "Traceback" in err


def test_languages_of_the_command_line(child_environment: dict[str, str]) -> None:
    def help_in(words: list[str], **variables: str) -> str:
        return command({**child_environment, **variables}, *words, "--help")[1]

    assert "启动服务" in help_in([])
    assert "启动服务" in help_in([], LANG="C.UTF-8")
    assert "Serve the app" in help_in([], LANG="en_US.UTF-8")
    assert "启动服务" in help_in(["--language", "zh"], LANG="en_US.UTF-8")
    assert "--home PATH" in help_in(["shop", "add"])


def test_looking_makes_nothing(child_environment: dict[str, str], tmp_path: Path) -> None:
    nowhere = {**child_environment, "HUITOU_HOME": str(tmp_path / "nowhere")}
    found = json_command(nowhere, "doctor")
    assert not found["ok"]
    failing = {check["name"] for check in found["checks"] if not check["ok"]}
    assert {"home", "keys", "database", "warehouse"} <= failing
    assert all(check["remedy"] for check in found["checks"] if not check["ok"])
    assert command(nowhere, "openapi")[0] == 0
    assert not (tmp_path / "nowhere").exists()


def test_the_description_of_the_api_does_not_depend_on_the_run(
    child_environment: dict[str, str],
) -> None:
    one = command({**child_environment, "PYTHONHASHSEED": "1"}, "openapi")[1]
    two = command({**child_environment, "PYTHONHASHSEED": "2"}, "openapi")[1]
    assert one == two
    described: dict[str, Any] = json.loads(one)
    assert "/api/v1/auth/login" in described["paths"]
    assert {"Me", "Shop", "User", "Key", "Job", "AuditEntry"} <= set(
        described["components"]["schemas"]
    )


def test_after_a_crash_a_resumable_job_goes_on_and_another_is_told(
    child_environment: dict[str, str], home: Home
) -> None:
    with serving(child_environment) as first:
        first.logged_in()
        first.stop()
    row = (
        "INSERT INTO kernel_job (kind, title, args, state, done, boot, cancel_asked, created_at) "
        "VALUES (?, '{}', ?, 'running', 0, 'dead', 0, '2026-11-22 06:05:00')"
    )
    args = json.dumps({"batch": 77, "now": "2026-11-22T06:05:00+00:00"})
    with closing(sqlite3.connect(home.app_database)) as database, database:
        database.execute(row, ("intake.stage", args))
        database.execute(row, ("intake.commit", args))
    with serving(child_environment) as server:
        owner = server.client()
        owner.post("/auth/login", json={"username": first.username, "password": first.password})
        jobs: dict[str, Any] = {}
        until = time.monotonic() + 30
        while jobs.get("intake.stage", {}).get("state") != "failed" and time.monotonic() < until:
            jobs = {job["kind"]: job for job in owner.get("/jobs").json()["items"]}
            time.sleep(0.1)
        server.stop()
    assert jobs["intake.commit"]["error"]["code"] == "interrupted"
    # It ran again, and found that its batch does not exist.
    assert jobs["intake.stage"]["error"]["code"] == "not_found"


CSV = "订单编号,买家会员名\n1,a\n".encode("gb18030")


def _upload_head(server: Server, length: int, **headers: str) -> bytes:
    host = server.url.removeprefix("http://")
    lines = {
        "Host": host,
        "Content-Type": "multipart/form-data; boundary=x",
        "Content-Length": str(length),
        **headers,
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"POST /api/v1/intake/files HTTP/1.1\r\n{head}\r\n".encode()


def _connect(server: Server) -> socket.socket:
    host, _, port = server.url.removeprefix("http://").partition(":")
    return socket.create_connection((host, int(port)), timeout=30)


def test_a_file_is_uploaded_into_the_archive(child_environment: dict[str, str], home: Home) -> None:
    with serving(child_environment) as server:
        owner = server.logged_in()
        taken = owner.post("/intake/files", files={"file": ("orders.csv", CSV)})
        assert taken.status_code == 200, taken.text
        assert taken.json()["size"] == len(CSV)
        found = owner.get("/search", params={"q": "orders.csv"}).json()["items"]
        assert [item["kind"] for item in found] == ["batch"]
        server.stop()
    kept = b"".join(path.read_bytes() for path in home.files.rglob("*") if path.is_file())
    assert kept
    assert "买家会员名".encode("gb18030") not in kept


def test_a_stranger_uploads_nothing(child_environment: dict[str, str]) -> None:
    """Refused on the head of the request: the gigabyte it announces is never asked for."""
    with serving(child_environment) as server:
        with _connect(server) as stranger:
            stranger.sendall(_upload_head(server, 1024**3))
            assert stranger.recv(4096).startswith(b"HTTP/1.1 401")
        server.stop()


def test_a_stop_does_not_wait_for_an_upload_that_never_ends(
    child_environment: dict[str, str], home: Home
) -> None:
    with serving(child_environment) as server:
        owner = server.logged_in()
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in owner.cookies.jar)
        token = owner.cookies["csrftoken"]
        with _connect(server) as slow:
            slow.sendall(_upload_head(server, 10**6, Cookie=cookies, **{"X-CSRFToken": token}))
            part = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
            slow.sendall(part + CSV * 100)
            time.sleep(0.5)
            before = time.monotonic()
            assert server.stop() == 0
            assert time.monotonic() - before < 30
    with serving(child_environment) as server:
        server.stop()
    assert [path for path in home.files.rglob("*") if path.is_file()] == []
