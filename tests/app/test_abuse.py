"""What nobody should send to the web application: others are served all the same."""

import re
import socket
import subprocess
import threading
from contextlib import ExitStack, suppress
from shutil import which

import psutil
import pytest
from hostile import MEGABYTE, encode, png_bomb, seven
from patience import PATIENCE, wait_until
from served import PICTURES, SEVEN, App, answering, served

import digitrec
from digitrec.app import serve
from digitrec.app.limits import AT_ONCE, MOST_BYTES, WAITING
from digitrec.model.lite import LiteModel
from digitrec.recognize.shipped import shipped_model

FAILED = "that went wrong: whoever started digitrec finds the reason where it was started"


@pytest.fixture(scope="module")
def app():
    """An application that cannot write more than a megabyte to any file."""
    with served() as app:
        with suppress(AttributeError):  # Windows has no limits
            psutil.Process(app.process.pid).rlimit(psutil.RLIMIT_FSIZE, (MEGABYTE, MEGABYTE))
        yield app


@pytest.fixture(autouse=True)
def others_are_served(request):
    """Whatever was sent before."""
    yield
    if "app" in request.fixturenames:
        app = request.getfixturevalue("app")
        assert app.read("digit_7.png").json["text"] == "7"
        assert "Traceback" not in app.log


def memory(app):
    return psutil.Process(app.process.pid).memory_info().rss


def send(app, content):
    """Send bytes as they are, and give back all that is answered until the connection ends."""
    with socket.create_connection(("127.0.0.1", app.port), PATIENCE) as connection:
        with suppress(OSError):  # it is closed already
            connection.sendall(content)
            connection.shutdown(socket.SHUT_WR)
        answer = b""
        with suppress(ConnectionError):
            while part := connection.recv(65536):
                answer += part
        return answer


# Bodies


def test_a_decompression_bomb_is_refused(app):
    before = memory(app)
    answer = app.ask("/api/read", png_bomb())
    assert (answer.status, "too large: reduce it" in answer.error) == (422, True)
    assert memory(app) < before + 100 * MEGABYTE


@pytest.mark.parametrize("length", [b"Content-Length: 200000000", b"Transfer-Encoding: chunked"])
def test_a_body_of_200_megabytes_is_refused_unread(app, length):
    before = memory(app)
    head = b"POST /api/read HTTP/1.1\r\nHost: localhost\r\n" + length + b"\r\n\r\n"
    if b"chunked" not in length:
        assert send(app, head).startswith(b"HTTP/1.1 413 ")  # before any of it has come
    part = 65536 * b"0"
    body = 3000 * (b"10000\r\n" + part + b"\r\n" if b"chunked" in length else part)
    answer = send(app, head + body)
    if answer:  # a client that goes on sending may miss it
        assert answer.startswith(b"HTTP/1.1 413 ")
        assert b'{"error": "this is over 25 MB: send less"}' in answer
        assert b"X-Frame-Options: DENY" in answer
    assert memory(app) < before + 2 * MOST_BYTES


def test_the_largest_body_is_read_in_memory(app):
    """The application may not write as much to a file; neither alone nor in a form."""
    picture = encode(seven(2800).convert("RGB"), "BMP")
    assert 0.9 * MOST_BYTES < len(picture) < MOST_BYTES
    assert app.ask("/api/read", picture).json["text"] == "7"
    head = b"--x\r\nContent-Disposition: form-data; name=f; filename=7.bmp\r\n\r\n"
    form = {"Content_Type": "multipart/form-data; boundary=x"}
    assert app.ask("/api/read", head + picture + b"\r\n--x--", **form).json["text"] == "7"


def test_many_large_bodies_take_bounded_memory(app):
    """Each lacks its last byte; some are cut off, so that all together are not held."""
    before, size, count = memory(app), MOST_BYTES - MEGABYTE, 20
    head = f"POST /api/read HTTP/1.1\r\nHost: localhost\r\nContent-Length: {size}\r\n\r\n"
    cut_off = 0
    with ExitStack() as stack:
        for _ in range(count):
            connection = stack.enter_context(socket.create_connection(("127.0.0.1", app.port)))
            try:
                connection.sendall(head.encode() + bytes(size - 1))
            except ConnectionError:
                cut_off += 1
        assert app.ask("/api/strokes", SEVEN).json["text"] == "7"
        assert memory(app) < before + serve.MOST_HELD + 4 * MOST_BYTES
    assert cut_off >= count - serve.MOST_HELD / size - 1


def test_slow_bodies_are_cut_off(monkeypatch):
    monkeypatch.setattr(serve, "SLOW", 0.01)
    with answering(digitrec.app.create_app()) as app:
        with socket.create_connection(("127.0.0.1", app.port), PATIENCE) as slow:
            slow.sendall(
                b"POST /api/read HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99\r\n\r\n"
            )
            assert app.ask("/api/health").status == 200
            wait_until(lambda: not is_open(slow, b"0"))
        assert app.ask("/api/health").status == 200


def is_open(connection, more):
    """Whether a connection still takes something."""
    try:
        connection.sendall(more)
    except ConnectionError:
        return False
    connection.setblocking(False)
    try:
        return connection.recv(1) != b""
    except BlockingIOError:
        return True
    except ConnectionError:
        return False
    finally:
        connection.setblocking(True)


def test_200_idle_connections_are_in_nobodys_way(app):
    with ExitStack() as stack:
        for number in range(200):
            connection = stack.enter_context(socket.create_connection(("127.0.0.1", app.port)))
            if number % 2:
                connection.sendall(b"POST /api/read HTTP/1.1\r\nHost: local")
        for _ in range(3):
            assert app.read("digit_7.png").json["text"] == "7"


def test_idle_connections_are_closed(monkeypatch):
    monkeypatch.setattr(serve, "IDLE", 0)
    with ExitStack() as stack:
        app = stack.enter_context(answering(digitrec.app.create_app()))
        address = ("127.0.0.1", app.port)
        idle = stack.enter_context(socket.create_connection(address, PATIENCE))
        assert idle.recv(1) == b""


# Addresses and methods

SPELLINGS = [
    "/../pyproject.toml",
    "/../../../../../../etc/passwd",
    "/..%2f..%2fpyproject.toml",
    "/%2e%2e/%2e%2e/pyproject.toml",
    "/%252e%252e%252fpyproject.toml",
    "/..\\..\\pyproject.toml",
    "/..%5c..%5cpyproject.toml",
    "/....//....//pyproject.toml",
    "/..;/pyproject.toml",
    "/%c0%ae%c0%ae/pyproject.toml",
    "//etc/passwd",
    "/file:///etc/passwd",
    "/page.js/../../pyproject.toml",
    "/page.html",
    "/page.js%00",
    "/page.js/",
    "/application.py",
    "/app/application.py",
    "/static/page.js",
    "/.git/config",
    "/api/../../pyproject.toml",
    "http://localhost/../pyproject.toml",
]


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_no_address_leads_to_the_disk(app, spelling):
    answer = send(app, f"GET {spelling} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    assert re.match(rb"HTTP/1\.1 40[04] ", answer)
    for content in (b"[project]", b"root:", b"import", b"Location"):
        assert content not in answer


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "X\x1b"])
def test_pages_are_only_shown(app, method):
    for path in ("/", "/page.js", "/api/health"):
        answer = send(app, f"{method} {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        assert re.match(rb"HTTP/1\.\d 40[05] ", answer), answer
    assert "\x1b" not in app.log


def test_noise_is_refused(app):
    for noise in (b"\x16\x03\x01\0\xff\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/9\r\n\r\n", b"\r\n"):
        answer = send(app, noise)
        assert not answer or re.match(rb"HTTP/1\.\d 4\d\d ", answer)
    many = b"GET / HTTP/1.1\r\nHost: localhost\r\n" + 20_000 * b"a: b\r\n" + 60_000 * b"c: d\r\n"
    assert send(app, many).startswith(b"HTTP/1.0 431 ")


# Other pages, and other machines


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "127.0.0.1.", "", "<>"])
def test_a_foreign_name_is_refused(app, host):
    """Else a page whose name was made to lead here could read the answers: DNS rebinding."""
    for path in ("/", "/api/health", "/api/nothing"):
        answer = app.ask(path, Host=host)
        assert answer.status in (400, 403)
        assert b"ok" not in answer.body


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:80", "127.0.0.1:1", "[::1]", "[::1]:9"])
def test_own_names_are_answered(app, host):
    assert app.ask("/api/health", Host=host).status == 200


def test_pages_of_others_may_not_ask(app):
    for foreign in (
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": f"https://localhost:{app.port}"},
        {"Sec_Fetch_Site": "cross-site"},
    ):
        answer = app.ask("/api/strokes", SEVEN, Content_Type="text/plain", **foreign)
        assert (answer.status, answer.error) == (
            403,
            "pages of others may not use this application",
        )
        assert "Access-Control-Allow-Origin" not in answer.headers
    own = app.ask("/api/strokes", SEVEN, Origin=f"http://127.0.0.1:{app.port}")
    assert own.status == 200
    assert "Access-Control-Allow-Origin" not in own.headers


def test_pages_that_are_allowed_may_ask():
    friend = "https://friend.example"
    with answering(digitrec.app.create_app(origins=[friend])) as app:
        before = app.ask("/api/strokes", method="OPTIONS", Origin=friend)
        answer = app.ask("/api/strokes", SEVEN, Origin=friend)
        assert (before.status, answer.json["text"]) == (204, "7")
        for each in (before, answer):
            assert each.headers["Access-Control-Allow-Origin"] == friend
            assert each.headers["Vary"] == "Origin"
        assert app.ask("/api/strokes", SEVEN, Origin="https://evil.example").status == 403


def test_no_page_may_frame_or_change_ours(app):
    for answer in (
        app.ask("/"),
        app.ask("/page.js"),
        app.ask("/api/health"),
        app.ask("/nothing"),
        app.ask("/", b""),
        app.ask("/", Host="evil.example"),
        app.ask("/api/read", b"no picture"),
    ):
        policy = answer.headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in policy
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"


@pytest.fixture(scope="module")
def shared():
    """The application for the network, where this machine has a name."""
    with served("--lan", "Laptop.example") as app:
        yield app


def test_without_the_token_nothing_is_answered(shared):
    token = shared.url.split("token=")[1]
    rules = {rule.rule for rule in digitrec.app.create_app().url_map.iter_rules()}
    for path in (*rules, "/nothing"):
        for wrong in ("", token[:-1], f"{token}x", "ü"):
            for headers in (
                {"Cookie": f"digitrec={wrong}".encode()},
                {"Authorization": f"Bearer {wrong}".encode()},
            ):
                answer = shared.ask(path, **headers)
                assert (answer.status, token.encode() in answer.body) == (403, False)
        assert shared.ask(f"{path}?token={token[:-1]}").status == 403
        assert shared.ask(path, b"").status == 403
        assert shared.ask(path, method="OPTIONS").status == 403


def test_with_the_token_everything_is(shared):
    """The address with the token leads to one without it, and gives a cookie in its place."""
    token = shared.url.split("token=")[1]
    first = shared.ask(f"/?token={token}")
    assert (first.status, first.headers["Location"]) == (302, "/")
    cookie = first.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert shared.ask("/", Cookie=cookie.split(";")[0]).status == 200
    bearer = {"Authorization": f"Bearer {token}"}
    assert shared.ask("/api/strokes", SEVEN, **bearer).json["text"] == "7"
    assert token not in shared.log


def test_the_network_is_shown_a_code_and_an_address_of_each_start_alone(shared):
    assert "▀" in shared.said
    assert f"http://laptop.example:{shared.port}/?token=" in shared.said
    token = shared.url.split("token=")[1]
    assert shared.ask(f"/?token={token}", Host=f"laptop.example:{shared.port}").status == 302
    with served("--lan", "laptop.example") as other:
        assert other.url.split("token=")[1] != shared.url.split("token=")[1]


# Contents


def test_a_script_in_the_name_of_a_file_comes_back_nowhere(app):
    name = b'"><script>alert(1)</script>.png'
    head = b"--x\r\nContent-Disposition: form-data; name=f; filename='" + name + b"'\r\n\r\n"
    form = {"Content_Type": "multipart/form-data; boundary=x"}
    for picture in ((PICTURES / "digit_7.png").read_bytes(), b"none"):
        answer = app.ask("/api/read", head + picture + b"\r\n--x--", **form)
        assert b"script" not in answer.body
    for address in ("/%3Cscript%3Ealert(1)%3C/script%3E", "/<script>"):
        assert b"script" not in app.ask(address).body
    assert "script" not in app.log


@pytest.mark.parametrize(
    "content",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"%PDF-1.7\n",
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(/etc/passwd) run\n",
        b"MZ\x90\0",
        b"PK\x03\x04",
        b"<html>",
        b"\x89PNG\r\n\x1a\n",
        b"GIF89a",
        b"push graphic-context\nfill 'url(https://evil.example/)'\n",
        bytes(1000),
    ],
)
def test_what_is_no_picture_is_refused_whatever_it_is_called(app, content):
    for kind in ("image/png", "image/svg+xml", "application/json", "text/html", "nonsense"):
        answer = app.ask("/api/read", content, Content_Type=kind)
        assert (answer.status, answer.headers["Content-Type"]) == (422, "application/json")
        assert answer.error.startswith("the picture is ")


# Models


class Moody(LiteModel):
    """A network that raises or waits when it is told to."""

    raises = False
    may_go_on = threading.Event()

    def predict_on_batch(self, inputs):
        if self.raises:
            raise ValueError("a secret")
        self.may_go_on.wait(PATIENCE)
        return super().predict_on_batch(inputs)


@pytest.fixture
def moody():
    model = Moody(shipped_model().content)
    model.may_go_on.set()
    return model


def test_a_model_that_raises_gives_nothing_away(moody, caplog):
    with answering(digitrec.app.create_app(moody)) as app:
        moody.raises = True
        for _ in range(AT_ONCE + WAITING + 1):
            for answer in (app.read("digit_7.png"), app.ask("/api/strokes", SEVEN)):
                assert (answer.status, answer.error) == (500, FAILED)
                assert b"secret" not in answer.body
        assert app.ask("/").status == 200
        moody.raises = False
        assert app.read("digit_7.png").json["text"] == "7"
    assert "a secret" in caplog.text


def test_whoever_comes_when_too_many_wait_is_told_so(moody):
    """All who wait are answered in the end, and pages are shown meanwhile."""
    statuses, refused = [], 4
    with answering(digitrec.app.create_app(moody)) as app:
        moody.may_go_on.clear()

        def ask():
            answer = app.ask("/api/strokes", SEVEN)
            statuses.append((answer.status, answer.headers["Retry-After"]))

        threads = [threading.Thread(target=ask) for _ in range(AT_ONCE + WAITING + refused)]
        for thread in threads:
            thread.start()
        wait_until(lambda: len(statuses) == refused)
        assert statuses == refused * [(503, "5")]
        assert app.ask("/").status == 200
        moody.may_go_on.set()
        for thread in threads:
            thread.join(PATIENCE)
        assert statuses[refused:] == (AT_ONCE + WAITING) * [(200, None)]


# The command


def test_ctrl_c_stops_it_with_a_word():
    with served() as app:
        app.process.send_signal(2)
        assert app.process.wait(PATIENCE) == 130
        assert app.log.splitlines()[-1] == "stopped"


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--port", "70000"], "error: port 70000 cannot be used"),
        (["--key", "key.pem"], "error: --key goes with a --certificate"),
        (["--certificate", "gone.pem"], "No such file or directory: 'gone.pem'"),
        (["--certificate", "README.md"], "error: README.md is no certificate with its key"),
        (["--model", "gone.tflite"], "error: there is no model at gone.tflite"),
        (["--script", "klingon"], "error: there is no network for 'klingon'"),
        (["--samples", "mine.txt"], "error: "),
    ],
)
def test_what_cannot_be_served_is_said_in_a_sentence(options, sentence):
    with pytest.raises(RuntimeError, match=re.escape(sentence)) as error:
        App(*options)
    assert "Traceback" not in str(error.value)


def test_a_port_that_is_taken_is_said(app):
    with pytest.raises(RuntimeError, match=f"port {app.port} cannot be used") as error:
        App(port=app.port)
    assert "Traceback" not in str(error.value)


@pytest.mark.skipif(which("openssl") is None, reason="there is no openssl to make a certificate")
def test_with_a_certificate_it_speaks_tls(tmp_path):
    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    names = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    files = ["-keyout", key, "-out", certificate]
    subprocess.run([*command, *names, *files], check=True, capture_output=True)
    with served("--certificate", certificate, "--key", key) as app:
        assert app.url == f"https://127.0.0.1:{app.port}/"
        app.trust(certificate)
        assert b"200" not in send(app, b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        picture = encode(seven(2000).convert("RGB"), "BMP")  # many records of TLS
        assert app.ask("/api/read", picture).json["text"] == "7"
        assert app.ask("/").status == 200
