"""The exam of `redirects`: run in a changed tree; exits with 0 where it is right, with 1 and a sentence where it is not."""

import json
import os
import secrets
import subprocess
import sys
import tempfile

TREE = os.getcwd()

RUNNER = """
import json, sys
sys.path.insert(0, sys.argv[1])
nonce, calls = json.loads(sys.stdin.read())
answers = []
for module, name, args in calls:
    try:
        answers.append(["value", getattr(__import__(module, fromlist=["_"]), name)(*args)])
    except Exception as raised:
        answers.append(["raised", type(raised).__name__])
print(nonce + json.dumps(answers))
"""

SCHEMES = ["https", "HTTPS", "Https", "http", "HTTP", "Http", "ftp", "FTP", "javascript", "JavaScript", "data", "ws", "mailto",
           "svn+ssh", "view-source", "x.y-z+1", "a", "file", "tel"]
NUMBERS = ["0", "7", "80", "443", "8000", "65535", "65536", "999999", "999999999", "9999999999", "1249763844", "2130706433",
           "00000", "017700000001", "9" * 30, "1" * 5000]
AWAY = ["http://example.com", "http:///example.com", "https://example.com", "ftp://example.com", "\\\\example.com",
        "\\\\\\example.com", "/\\\\/example.com", "\\\\\\example.com", "\\\\//example.com", "/\\/example.com",
        "\\/example.com", "/\\example.com", "http:///example.com", "http:/\\//example.com", "http:\\/example.com",
        "http:/\\example.com", "javascript:alert(\"XSS\")", "\njavascript:alert(x)", "\x08//example.com",
        "http://otherserver\\@example.com", "http:\\\\testserver\\@example.com", "http://testserver\\@example.com",
        "http://testserver\\confirm\\me@example.com", "http://testserver@example.com", "http://example.com@testserver.evil",
        "http://eviltestserver/", "http://testserver.evil.org/", "//example.com", "///example.com", "http://test-server/",
        "//testserver@example.com/", "https://testserver:81@example.com", "http:999999999", "http:\\9", "ftp://testserver/",
        "http:\n", "https:", "\x00/", "//TESTSERVER.evil", "https:1?x=1", "https:1#x", "https:1/", "https:/1", "https:1.2.3.4", "",
        "   ", None]
HOME = ["/view/?param=http://example.com", "/view/?param=https://example.com", "/view?param=ftp://example.com",
        "view/?param=//example.com", "https://testserver/", "HTTPS://testserver/", "//testserver/", "HTTP://testserver",
        "http://testserver/confirm?email=me@example.com", "/url%20with%20spaces/", "/path:8000", "/a:80/b", "./x:80", "page/1:2",
        "/12345", "12345", "?n=1:2", "?page=2", "#a:1", "search?q=a:80", "/", "a", "/x;1:80", "../up/9", "  /padded/  ",
        "/caf\u00e9/12:30", "http://testserver/9:9", "//testserver", "/https:99", "/a?b=https:99", "9/8", "#9", "-"]


def ask(calls):
    nonce = secrets.token_hex(8)
    with tempfile.TemporaryDirectory() as folder:
        clean = {"PATH": os.environ.get("PATH", ""), "PYTHONDONTWRITEBYTECODE": "1"}
        try:
            done = subprocess.run([sys.executable, "-c", RUNNER, TREE], input=json.dumps([nonce, calls]), cwd=folder, env=clean,
                                  capture_output=True, text=True, timeout=60)
        except subprocess.TimeoutExpired:
            fail("the calls take too long")
        if os.listdir(folder):
            fail("it leaves files in its folder")
    lines = [line for line in done.stdout.splitlines() if line.startswith(nonce)]
    if len(lines) != 1:
        fail("the calls do not come to an end: " + done.stderr[-200:])
    return json.loads(lines[0][len(nonce):])


def fail(sentence):
    print(sentence)
    sys.exit(1)


def short(text):
    return repr(text if text is None or len(text) < 60 else text[:57] + "...")


def main():
    numeric = [f"{scheme}:{number}" for scheme in SCHEMES for number in NUMBERS]
    numeric += ["  https:999", "https:999  ", "\thttps:999\n", "\nFTP:1", " javascript:1 "]
    for hosts in (["testserver", "testserver:8000", "127.0.0.1", "", None], ["testserver"]):
        for host in hosts:
            calls = [("utils.http", "is_safe_url", (url, host)) for url in numeric * 2]
            for (_, _, (url, _)), (how, value) in zip(calls, ask(calls)):
                if how == "value" and value:
                    fail(f"{short(url)} is safe for the host {host!r}")
    calls = [("utils.http", "is_safe_url", (url, "testserver")) for url in AWAY]
    for (_, _, (url, _)), (how, value) in zip(calls, ask(calls)):
        if how == "value" and value:
            fail(f"{short(url)} is safe")
    calls = [("utils.http", "is_safe_url", (url, "testserver")) for url in HOME]
    for (_, _, (url, _)), (how, value) in zip(calls, ask(calls)):
        if (how, value) != ("value", True):
            fail(f"{short(url)} is not safe anymore: {how} {value!r}")
    for url in ["https:1249763844", "HTTP:9", "ftp:9999999999", "javascript:0"]:
        calls = [
            ("views", "login_redirect_url", (url, "testserver")),
            ("views", "logout_next_page", (url, "testserver", "/here/")),
            ("views", "language_redirect_url", (url, "/from/", "testserver")),
            ("views", "language_redirect_url", (None, url, "testserver")),
            ("views", "language_redirect_url", (None, url.replace(":", "%3A"), "testserver")),
        ]
        wanted = ["/accounts/profile/", "/here/", "/from/", "/", "/"]
        for (_, name, _), (how, value), home in zip(calls, ask(calls), wanted):
            if how == "value" and value != home:
                fail(f"{name}() goes to {value!r} with {url!r}")
    legitimate = [
        (("views", "login_redirect_url", ("/next/?a=b:1", "testserver")), "/next/?a=b:1"),
        (("views", "login_redirect_url", ("", "testserver")), "/accounts/profile/"),
        (("views", "login_redirect_url", ("http://testserver:8000/x", "testserver:8000")), "http://testserver:8000/x"),
        (("views", "logout_next_page", (None, "testserver", "/here/")), None),
        (("views", "logout_next_page", ("/bye/", "testserver", "/here/")), "/bye/"),
        (("views", "language_redirect_url", (None, "/caf%C3%A9/", "testserver")), "/caf\u00e9/"),
        (("views", "language_redirect_url", (None, None, "testserver")), "/"),
        (("utils.parse", "urlparse", ("https://testserver/a;b?c=d#e",)), ["https", "testserver", "/a", "b", "c=d", "e"]),
        (("utils.parse", "urlparse", ("/a:80/b?c#d",)), ["", "", "/a:80/b", "", "c", "d"]),
        (("utils.parse", "urlsplit", ("http://[::1]:80/x",)), ["http", "[::1]:80", "/x", "", ""]),
        (("utils.http", "is_safe_url", ("/x", None)), True),
        (("utils.http", "is_safe_url", ("//testserver/x", None)), False),
        (("utils.http", "parse_http_date", ("Sunday, 06-Nov-94 08:49:37 GMT",)), 784111777),
        (("utils.http", "base36_to_int", ("zz",)), 1295),
    ]
    for (call, wanted), (how, value) in zip(legitimate, ask([call for call, _ in legitimate])):
        if (how, value) != ("value", wanted):
            fail(f"{call[1]}{tuple(call[2])!r} gives {value!r}, not {wanted!r}")


main()
