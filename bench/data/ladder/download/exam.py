"""The exam of `download`: run in a changed tree; exits with 0 where it is right, with 1 and a sentence where it is not."""

import hashlib
import json
import os
import secrets
import subprocess
import sys
import tempfile

TREE = os.getcwd()

RUNNER = """
import base64, io, json, os, sys, zipfile
sys.path.insert(0, sys.argv[1])
nonce, calls = json.loads(sys.stdin.read())
from download import _download_http_url, unpack_http_url
from misc import Hashes
from models import Link
from session import Session
answers = []
for call in calls:
    os.chdir(call["room"])
    page = (call["headers"], base64.b64decode(call["body"])) + tuple(call["moved"])
    session = Session({call["url"].split("#")[0]: page})
    hashes = Hashes(call["hashes"]) if call["hashes"] else None
    try:
        if call["how"] == "get":
            answers.append(["value", _download_http_url(Link(call["url"]), session, call["folder"], hashes)])
        else:
            unpack_http_url(Link(call["url"]), call["folder"], call["kept"], session, hashes)
            answers.append(["value", None])
    except Exception as raised:
        answers.append(["raised", type(raised).__name__])
    if len(session.asked) > 1 or any(headers != {"Accept-Encoding": "identity"} for _, headers in session.asked):
        answers[-1] = ["asked", repr(session.asked)]
print(nonce + json.dumps(answers))
"""

URL = "http://index.example/demo-1.0.zip"
LEGITIMATE = [
    ('attachment; filename="other-2.0.zip"', {}, URL, [], "other-2.0.zip"),
    ("attachment; filename=other-2.0.zip", {}, URL, [], "other-2.0.zip"),
    ('attachment; filename="my demo (v1..2).zip"', {}, URL, [], "my demo (v1..2).zip"),
    ('attachment; filename="d\u00e9mo.zip"', {}, URL, [], "d\u00e9mo.zip"),
    ('attachment; filename=".hidden.zip"', {}, URL, [], ".hidden.zip"),
    ('attachment; filename="..demo.zip"', {}, URL, [], "..demo.zip"),
    ('attachment; filename="demo.."', {}, URL, [], "demo.."),
    ('attachment; filename="~demo~1.zip"', {}, URL, [], "~demo~1.zip"),
    ('attachment; filename="a%20b.zip"', {}, URL, [], "a%20b.zip"),
    ('attachment; filename="a\\"b.zip"', {}, URL, [], 'a"b.zip'),
    ('attachment; filename="DEMO+local-1.0.ZIP"; size=12', {}, URL, [], "DEMO+local-1.0.ZIP"),
    ('attachment; filename="a;b,c=d.zip"', {}, URL, [], "a;b,c=d.zip"),
    ("attachment", {}, URL, [], "demo-1.0.zip"),
    ('attachment; filename=""', {}, URL, [], "demo-1.0.zip"),
    ("", {}, URL + "#egg=demo", [], "demo-1.0.zip"),
    (None, {}, URL, [], "demo-1.0.zip"),
    ('inline; filename="demo"', {"Content-Type": "application/zip"}, URL, [], "demo.zip"),
    ('inline; filename="demo"', {}, "http://index.example/latest", ["http://files.example/x/y.whl"], "demo.whl"),
    (None, {"Content-Type": "application/zip"}, "http://index.example/latest", [], "latest.zip"),
]


WAITING = []


def ask(calls, folders, look):
    """Keeps the calls for one process that makes them all, each group in a folder of its own."""
    WAITING.append((calls, folders, look))


def run():
    nonce = secrets.token_hex(8)
    with tempfile.TemporaryDirectory() as root:
        system = os.path.join(root, "system")
        os.makedirs(system)
        every = []
        for number, (calls, folders, _) in enumerate(WAITING):
            top = os.path.join(root, "%03d" % number)
            for folder in folders:
                os.makedirs(os.path.join(top, "room", folder))
            for call in calls:
                call["room"] = os.path.join(top, "room")
                call["headers"] = {key: value.replace("<TOP>", top) for key, value in call["headers"].items()}
                every.append(call)
        clean = {"PATH": os.environ.get("PATH", ""), "PYTHONDONTWRITEBYTECODE": "1", "TMPDIR": system, "HOME": system,
                 "PYTHONUTF8": "1"}
        try:
            done = subprocess.run([sys.executable, "-c", RUNNER, TREE], input=json.dumps([nonce, every]), cwd=system, env=clean,
                                  capture_output=True, text=True, timeout=150)
        except subprocess.TimeoutExpired:
            fail("the calls take too long")
        lines = [line for line in done.stdout.splitlines() if line.startswith(nonce)]
        if len(lines) != 1:
            fail("the calls do not come to an end: " + done.stderr[-200:])
        answers = json.loads(lines[0][len(nonce):])
        for number, (calls, _, look) in enumerate(WAITING):
            found = files_of(os.path.join(root, "%03d" % number))
            look(answers[:len(calls)], found)
            answers = answers[len(calls):]
        for path in files_of(root):
            if not path[:3].isdigit():
                fail(f"{path} is written")
    WAITING.clear()


def files_of(top):
    found = {}
    for place, _, files in os.walk(top):
        for file in files:
            path = os.path.join(place, file)
            with open(path, "rb") as opened:
                found[os.path.relpath(path, top)] = opened.read()
    return found


def fail(sentence):
    print(sentence)
    sys.exit(1)


def call(header, headers=(), url=URL, moved=(), how="get", folder="tmp", kept=None, body=b"planted", hashes=None):
    import base64
    every = dict(headers)
    if header is not None:
        every["Content-Disposition"] = header
    return {"how": how, "url": url, "headers": every, "body": base64.b64encode(body).decode(), "moved": list(moved),
            "folder": folder, "kept": kept, "hashes": hashes}


def archive():
    import io
    import zipfile
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as opened:
        opened.writestr(zipfile.ZipInfo("demo-1.0/setup.py"), "setup()")
        opened.writestr(zipfile.ZipInfo("demo-1.0/demo/__init__.py"), "x = 1")
    return file.getvalue()


def slip(name):
    import io
    import zipfile
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as opened:
        opened.writestr("good.py", "")
        opened.writestr(name, "planted")
    return file.getvalue()


def main():
    names = ["../p", "../p.txt", "../../p.txt", "x/../../p.txt", "./../p.txt", ".././p.txt", "../tmp2/p.txt",
             "../tmp-evil/p.txt", "../tmpx", "<TOP>/p.txt", "<TOP>/room/p.txt", "//<TOP>/p.txt", "<TOP>/room/tmp/../p.txt",
             "<TOP>/room/tmp2/p.txt", "....//p.txt", "....//....//p.txt", ".../...//../p.txt", "..././p.txt", "x/....//../../p.txt",
             "\u00e9/../../p.txt", "../\u00e9.txt", "..\\\\..\\\\../p.txt", "x/y/../../../p.txt", "../.p", "../p.zip", "../p.tar.gz",
             "%2e%2e/../p.txt", "..%2fp.txt", "%2e%2e%2fp.txt", "..%2Fp.txt", "../" * 3 + "p", "x/" + "../" * 2 + "a b.txt",
             "demo-1.0.zip/../../p.txt", "demo.zip/../../p.zip", "tmp/../../p.txt", "good/../../" + "n" * 200 + ".txt"]
    folders = ["tmp/x/y", "tmp/...", "tmp/....", "tmp/%2e%2e", "tmp/\u00e9", "tmp/demo-1.0.zip", "tmp/demo.zip", "tmp/tmp", "tmp/good",
               "tmp2", "tmp-evil", "build"]
    for name in names:
        for form in ('attachment; filename="%s"', "attachment; filename=%s", 'inline; FileName="%s"; size=3', 'form-data; filename=%s '):
            for extra in ({}, {"Content-Type": "application/zip"}):
                def look(answers, found, name=name):
                    for path in found:
                        if not path.startswith("room/tmp/"):
                            fail(f"{name!r} writes {path}")
                    for how, value in answers:
                        if how == "value" and not os.path.abspath("/room/" + value[0]).startswith("/room/tmp/"):
                            fail(f"{name!r} is said to be at {value[0]}")
                        if how == "asked":
                            fail(f"asks for {value}")
                if form != 'attachment; filename="%s"' and (extra or len(name) > 14):
                    continue
                ask([call(form % name, extra)] * (5 if name == "../p.txt" else 1), folders, look)
    for name in ("../p.txt", "<TOP>/p.txt", "<TOP>/room/build/p.txt"):
        for body in (b"planted", archive()):
            def look(answers, found, name=name):
                for path, content in found.items():
                    if path not in ("room/build/setup.py", "room/build/demo/__init__.py", "room/kept/demo-1.0.zip"):
                        fail(f"unpacking writes {path} with {name!r}")
            ask([call(f'attachment; filename="{name}"', how="unpack", folder="build", body=body, kept="kept")], ["kept"], look)
    for header, headers, url, moved, wanted in LEGITIMATE:
        def look(answers, found, wanted=wanted, header=header, headers=headers):
            if answers != [["value", ["tmp/" + wanted, headers.get("Content-Type", "")]]]:
                fail(f"{wanted!r} is wanted of {header!r}, not {answers[0]}")
            if found != {"room/tmp/" + wanted: b"planted"}:
                fail(f"{wanted!r} is wanted of {header!r}, and there is {sorted(found)}")
        ask([call(header, headers, url, moved)], ["tmp"], look)

    def look(answers, found):
        if answers[0] != ["value", None] or found != {"room/build/setup.py": b"setup()", "room/build/demo/__init__.py": b"x = 1",
                                                      "room/kept/demo-1.0.zip": archive()}:
            fail(f"an archive is not unpacked: {answers[0]}, {sorted(found)}")
    ask([call('attachment; filename="other.zip"', how="unpack", folder="build", body=archive(), kept="kept")], ["kept"], look)

    good = {"sha256": [hashlib.sha256(b"planted").hexdigest()]}

    def look(answers, found):
        if [how for how, _ in answers] != ["value", "raised", "value"]:
            fail(f"hashes are not looked at: {answers}")
    ask([call("attachment", hashes=good), call('attachment; filename="b.zip"', hashes={"sha256": ["0"]}), call(None)], ["tmp"], look)

    for name in ("../p.txt", "x/../../p.txt"):
        def look(answers, found, name=name):
            if answers[0][0] != "raised" or any(path.endswith("p.txt") for path in found):
                fail(f"the archive's member {name!r} is written")
        ask([call(None, how="unpack", folder="build", body=slip(name))], ["kept"], look)
    run()


main()
