"""Run in a changed tree: 0 where downloads start nothing but git or hg with whole arguments, and all else is as it was; 1 with a sentence where not.

The programs are stand-ins that write down what they are given; calls run in processes of their own, many in one, with programs
that succeed, that fail and that are not there.
"""

import functools
import hashlib
import http.server
import json
import os
import secrets
import subprocess
import sys
import tempfile
import threading
import urllib.parse
from pathlib import Path

TREE = Path.cwd().resolve()
SECRET = "secret-" + secrets.token_hex(6)
MARK = "mark-" + secrets.token_hex(6)
DRIVER = """
import json, sys
tree, token, calls = json.loads(sys.stdin.read())
sys.path.insert(0, tree)
import os, package_index
from package_index import PackageIndex, DistutilsError
answers = []
for call in calls:
    try:
        answers.append(["value", repr(eval(call))])
    except Exception as error:
        answers.append(["raised", " ".join(each.__name__ for each in type(error).__mro__) + ": " + str(error)])
sys.stdout.flush()
sys.stderr.flush()
sys.stdout.write("\\n" + token + json.dumps(answers) + "\\n")
"""
TOOL = """#!/bin/sh
{{ printf '%s\\0' {name} "$PWD" "$EXAM_MARK"; for each do printf '%s\\0' "$each"; done; printf '\\1\\0'; }} >> {log}
case " $* " in *" clone "*) for last do :; done; command -p mkdir -p -- "$last" ;; esac
exit {code}
"""


def fail(sentence):
    print(sentence)
    sys.exit(1)


class Place:
    """A folder with stand-ins for programs."""

    def __init__(self, folder, code):
        self.room = folder / "room"
        self.programs = folder / "programs"
        self.log = folder / "log"
        self.probed = folder / "probed"
        for each in (self.room / "work", self.programs):
            each.mkdir(parents=True)
        self.log.write_bytes(b"")
        self.path = str(self.programs)
        if code is not None:
            self.path += ":/usr/bin:/bin"
            for name in ("git", "hg", "svn", "bzr", "ssh"):
                self.program(name, TOOL.format(name=name, log=self.log, code=code))
        self.program("probe", f"#!/bin/sh\necho yes >> {self.probed}\n")

    def program(self, name, text):
        (self.programs / name).write_text(text)
        (self.programs / name).chmod(0o755)

    def answers(self, calls, *options):
        token = secrets.token_hex(8)
        environment = {"PATH": self.path, "PYTHONDONTWRITEBYTECODE": "1", "LC_ALL": "C.UTF-8", "EXAM_MARK": MARK, "EXAM_SECRET": SECRET,
                       "HOME": str(self.room)}
        try:
            done = subprocess.run([sys.executable, *options, "-c", DRIVER], input=json.dumps([str(TREE), token, calls]), cwd=self.room,
                                  capture_output=True, text=True, timeout=90, env=environment, errors="replace")
        except subprocess.TimeoutExpired:
            fail("a call does not end")
        lines = [line for line in done.stdout.splitlines() if line.startswith(token)]
        if len(lines) != 1 or done.returncode:
            fail("the process of a call dies: " + done.stderr[-200:])
        return json.loads(lines[0][len(token):])

    def started(self):
        """Each start of a program since this was last asked for: its name, folder, whether it had the environment, arguments."""
        text = self.log.read_bytes().decode(errors="surrogateescape")
        self.log.write_bytes(b"")
        found = []
        for each in text.split("\1\0")[:-1]:
            name, folder, mark, *arguments = each.split("\0")[:-1]
            found.append((name, folder, mark == MARK, arguments))
        return found


def meant(address, folder):
    """What is to be cloned with which program, to where, and at which revision; written from the documentation of addresses."""
    parts = urllib.parse.urlsplit(address)
    program = parts.scheme.partition("+")[0]
    path, at, revision = parts.path.rpartition("@")
    if not at:
        path, revision = parts.path, None
    url = urllib.parse.urlunsplit((parts.scheme.partition("+")[2] or parts.scheme.rstrip("+"), parts.netloc, path, parts.query, ""))
    name = urllib.parse.unquote(parts.path.split("/")[-1]).partition("#")[0]
    while ".." in name:
        name = name.replace("..", ".").replace("\\", "_")
    name = name or "__downloaded__"
    name = name[:-4] if name.endswith(".egg.zip") else name
    return program, url, folder + "/" + name, revision


def understood(room, name, folder, arguments):
    """What a program was told to do: `clone` what to where, or go to a revision where; none where it was told anything else."""
    if name == "git":
        where, rest = folder, list(arguments)
        if rest[:1] == ["-C"] and len(rest) > 1:
            where, rest = os.path.join(folder, rest[1]), rest[2:]
        if rest[:1] == ["clone"]:
            rest = [each for each in rest[1:] if each not in ("--quiet", "-q", "--")]
            return ("git", "clone", rest[0], os.path.join(folder, rest[1])) if len(rest) == 2 else None
        if rest[:1] == ["checkout"]:
            rest = [each for each in rest[1:] if each not in ("--quiet", "-q", "--detach")]
            if rest[1:] == ["--"]:
                rest = rest[:1]
            return ("git", "checkout", rest[0], where) if len(rest) == 1 and rest != ["--"] else None
    if name == "hg":
        where, rest, revision, words, plain = folder, list(arguments), None, [], False
        while rest:
            word = rest.pop(0)
            if plain:
                words.append(word)
            elif word in ("--cwd", "-R", "--repository") and rest:
                where = os.path.join(folder, rest.pop(0))
            elif word in ("-r", "--rev") and rest:
                revision = rest.pop(0)
            elif word.startswith("--rev="):
                revision = word[6:]
            elif word == "--":
                plain = True
            elif word not in ("-q", "--quiet", "-C", "--clean"):
                words.append(word)
        if words[:1] == ["clone"] and len(words) == 3 and revision is None:
            return ("hg", "clone", words[1], os.path.join(folder, words[2]))
        if words in (["up"], ["update"], ["checkout"]) and revision is not None:
            return ("hg", "checkout", revision, where)
    return None


LEGITIMATE = [
    "git+https://host/team/demo.git", "git+https://host/team/demo.git@v1.0", "git+https://host/team/demo.git@release/1.0#egg=demo",
    "git+https://host/demo.git@HEAD~2", "git+https://host/demo.git@v1.0^", "git+https://host/demo.git@v1.0+local.1",
    "git+https://host/demo@0123456789abcdef0123456789abcdef01234567", "git+https://host/demo.git?ref=a", "git+https://host/demo?ref=a,b#egg=demo",
    "git+https://user:word@host:8443/demo.git@feature_x-y", "git+ssh://git@host/~someone/demo.git@main", "git+ssh://git@host:22/demo.git",
    "git://host/demo.git", "git://host/demo.git@v2", "git+git://host/demo.git", "git+file:///srv/git/demo.git@main", "git+http://[::1]:80/demo.git@a",
    "git+https://host/a@b/demo.git", "git+https://host/demo.git@a@b", "git+https://host/demo.git/", "git+https://host/", "git+https://host",
    "git+https://host/x..y...z", "git+https://host/demo.egg.zip", "git+https://host/demo.git#egg=demo&subdirectory=a", "git+https://host/caf\u00e9.git@\u00e9",
    "git+https://host/caf%C3%A9.git", "git+https://host/demo%2B1=2:3.git", "git+https://host/%7Esomeone/demo_x", "git+https://host/DEMO-1.0", "git+file:/srv/git/demo",
    "git+https://host/demo.git@v1.0#sha256=00", "git+https://host/team/sub/demo.git@refs/pull/1/head", "git+https://host/demo.git@v1%2B2",
    "git+https://host/demo.git@dev#egg=demo-1.0", "git+https://host/demo.git@1.0.0.dev1", "git+https://host/demo.git@v1.0@", "git+https://xn--caf-dma.host/demo",
    "hg+https://host/demo", "hg+https://host/demo@1.0", "hg+ssh://hg@host//srv/demo@feature/x", "hg+https://user:word@host:8443/demo@tip#egg=demo",
    "hg+http://host/demo?style=raw", "hg+file:///srv/hg/demo@12", "hg+https://host/demo/", "hg+https://host/demo@1.0+local", "hg+https://host/a..b@x~1",
    "hg+https://host/caf%C3%A9@\u00e9", "hg+https://host/a@b/c@d", "hg+static-http://host/demo@p1^", "hg+https://host/demo@0123456789ab", "hg+https://host/demo.egg.zip",
]
LEGITIMATE = [each for each in LEGITIMATE if not each.endswith("@")]
COMMANDS = [
    ";probe;", "&probe&", "|probe", "$(probe)", "`probe`", "||probe||", "&&probe&&", ">mark", ">>mark;", "<x;probe;", "';probe;'", '";probe;"', "'$(probe)'",
    '"$(probe)"', "\\;probe;", "\\\\;probe;", "\\';probe;\\'", "%0Aprobe%0A", "%0a%0dprobe%0a", "a probe b", "a --upload-pack=probe b", "a --config core.x=probe",
    "$HOME", "$EXAM_SECRET", "${EXAM_SECRET}", "$(echo${IFS}x>mark)", "(probe)", "{probe;}", ";{probe,};", "\uff07;probe;\uff07", "\uff1bprobe\uff1b", "\u037eprobe\u037e",
    "\nprobe\n", "\r\nprobe\r\n", "\tprobe;", "\x0b;probe;", "\x0c;probe;", "\u2028;probe;", "%3Bprobe%3B", "%3bprobe%3b", "%24%28probe%29", "%60probe%60", "%26probe%26",
    "%7Cprobe", "%27%3Bprobe%3B%27", "%22%3Bprobe%3B%22", "%5C%3Bprobe%3B", "%20--upload-pack=probe%20x", "%26%26probe", "%3Emark", "%7Cprobe%7C", "%0Aprobe%20%23",
    "%24%7BEXAM_SECRET%7D", "a%20b", "%253Bprobe%253B", ";probe%0A", "%2524(probe)", ";PATH=$PATH${IFS}probe;", "$($(echo${IFS}probe))", ";exec${IFS}probe;", "*", "?",
    ";p''robe;", ";pro\\be;", ";$'probe';", "%09;probe%09;", "%00;probe;", ";probe\x7f", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa;probe;",
    "%E2%80%A8;probe;", "%EF%BC%9Bprobe%EF%BC%9B", "%EF%BC%87%3Bprobe%3B%EF%BC%87", "'\"'\"';probe;'\"'\"'", "';probe;#", ";probe;.git", ";probe;.py", "-;probe;",
]
TEMPLATES = [
    "{v}://host/repo{c}", "{v}://host/repo@v1{c}", "{v}://host/repo.git@{c}", "{v}://host/{c}/repo", "{v}://host/repo?q={c}", "{v}://us{c}er@host/repo",
    "{v}://host/repo@v1{c}#egg=demo", "{v}://host/a/{c}repo.git", "{v}://host{c}/repo@x", "{v}://host/repo@x/{c}/y", "{v}:{c}", "{v}://host/{c}#egg=demo-1.0",
    "{v}://{c}/", "{v}://host/repo{c}@v1", "{v}://host/repo;{c}@v1", "{v}://host/a.egg.zip{c}", "{v}://host/repo#egg=demo{c}", "{v}://host/repo.git@v1.0%20{c}",
]
SCHEMES = ["git+https", "git+ssh", "git", "git+file", "hg+https", "hg+ssh", "hg+file", "git+http", "git+git", "hg+http"]


def harmful():
    """Every command in most positions, with schemes in turn."""
    found, number = [], 0
    for row, command in enumerate(COMMANDS):
        for column, template in enumerate(TEMPLATES):
            if column in (0, 1) or (row + column) % 6 == 0:
                found.append(template.format(v=SCHEMES[(number * 7 + len(command)) % len(SCHEMES)], c=command))
            number += 1
    found += [template.format(v=scheme, c=command) for scheme in SCHEMES for template in TEMPLATES[:3] for command in (";probe;", "%24%28probe%29")]
    found += [scheme + "://host/repo" + rest for rest in ("", "@v1", ";probe;") for scheme in
              ("probe+https", "probe", "sh+https", "gitprobe", "hgprobe", "ssh+https", "bzr+https", "GIT+https", "Hg+https", "svn+https", "svn", "svn+ssh", "git-probe")]
    return found


def allowed(room, addresses):
    """What may be started for these, as `understood` tells it."""
    found = set()
    for number, address in addresses:
        try:
            program, url, filename, revision = meant(address, f"{room}/work/{number}")
        except ValueError:
            continue
        found.add((program, "clone", url, filename))
        if revision is not None:
            found.add((program, "checkout", revision, filename))
    return found


def tell(place, before):
    if place.probed.exists():
        fail("a program is started that an address names")
    came = sorted(str(each) for each in place.room.iterdir() if each.name not in before)
    if came:
        fail(f"what an address says is done by a shell: {came[0]} came")


def run_harmful(folder, code):
    place = Place(folder, code)
    before = {each.name for each in place.room.iterdir()}
    addresses = list(enumerate(harmful()))
    if code != 0:
        addresses = addresses[:: 4 if code else 3]
    calls = [f"PackageIndex().download({address!r}, 'work/{number}')" for number, address in addresses]
    for plan in (calls, calls[::-11], *([each] for each in calls[::97])):
        if code and len(plan) == 1:
            continue
        found = place.answers(plan)
        tell(place, before)
        for call, (state, text) in zip(plan, found):
            if SECRET in text or MARK in text:
                fail(f"{call} gives the environment away")
        if code is None:
            continue
        may = allowed(place.room, addresses)
        for name, where, _, arguments in place.started():
            if understood(place.room, name, where, arguments) not in may:
                fail(f"{name} is started with {arguments}, which is not what the address says")


def run_legitimate(folder):
    place = Place(folder, 0)
    room = place.room
    before = {each.name for each in room.iterdir()}
    for options, times, absolute in (((), 1, False), (("-O",), 1, True), ((), 3, True)):
        calls, wanted = [], []
        for _ in range(times):
            for address in LEGITIMATE if times == 1 else LEGITIMATE[::4]:
                start = f"{room}/work/{len(calls)}" if absolute else f"work/{len(calls)}"
                calls.append(f"PackageIndex().download({address!r}, {start!r})")
                wanted.append((address, start))
        found = place.answers(calls, *options)
        tell(place, before)
        should = []
        for call, (address, start), (state, text) in zip(calls, wanted, found):
            program, url, filename, revision = meant(address, start)
            if (state, text) != ("value", repr(filename)):
                fail(f"{call} gives {state} {text[:90]} instead of {filename!r}")
            should.append((program, "clone", url, os.path.join(room, filename)))
            if revision is not None:
                should.append((program, "checkout", revision, os.path.join(room, filename)))
        started = place.started()
        seen = [understood(room, name, where, arguments) for name, where, _, arguments in started]
        for position, each in enumerate(should):
            if position >= len(seen) or seen[position] != each:
                told = started[position] if position < len(started) else "nothing"
                fail(f"{each} should be done, and {told} is")
        if len(seen) != len(should):
            fail(f"more is started than was asked for: {started[len(should)]}")
        if not all(mark for _, _, mark, _ in started):
            fail("a program does not get the environment, which has its proxy, its keys and its home")


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


def run_others(folder):
    """Files, archives, modules, and all that is no version control."""
    place = Place(folder, 0)
    room = place.room
    served = folder / "served"
    served.mkdir()
    (served / "demo-1.0.zip").write_bytes(b"archive")
    (served / "page.html").write_text("<p>page")
    (room / "it's; odd.zip").write_text("x")
    (room / "tool.py").write_text("")
    for each in ("a", "b", "c"):
        (room / "work" / each).mkdir()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(served)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_address[1]}"
    right, wrong = hashlib.sha256(b"archive").hexdigest(), "0" * 64
    good = {
        f"PackageIndex().download('{base}/demo-1.0.zip', 'work/a')": repr("work/a/demo-1.0.zip"),
        "open('work/a/demo-1.0.zip').read()": repr("archive"),
        f"PackageIndex().download('{base}/demo-1.0.zip#sha256={right}', 'work/a')": repr("work/a/demo-1.0.zip"),
        "PackageIndex().download(\"it's; odd.zip\", 'work/a')": repr("it's; odd.zip"),
        "PackageIndex().download('file:///srv/my%20files/it%27s;a.zip', 'work/a')": repr("/srv/my files/it's;a.zip"),
        f"PackageIndex().download('file://{room}/tool.py#egg=tool-1.0', 'work/b')": repr("work/b/tool.py"),
        "open('work/b/setup.py').read()": repr("from setuptools import setup\nsetup(name='tool', version='1.0', py_modules=['tool'])\n"),
        "PackageIndex._vcs_split_rev_from_url('git+https://host/demo.git@v1.0#egg=demo')": repr(("https://host/demo.git", "v1.0")),
        "PackageIndex._vcs_split_rev_from_url('hg+ssh://hg@host:22/demo@feature/a b?x=1')": repr(("ssh://hg@host:22/demo?x=1", "feature/a b")),
        "PackageIndex._vcs_split_rev_from_url('https://host/demo')": repr(("https://host/demo", None)),
        "PackageIndex._vcs_split_rev_from_url('git://host/a@b/demo@c@d;e')": repr(("git://host/a@b/demo@c", "d;e")),
        "package_index.egg_info_for_url('git+https://host/a/demo%20x.git@v1;y#egg=demo')": repr(("demo x.git@v1;y", "egg=demo")),
        "PackageIndex(hosts=['*.example.com']).url_ok('https://a.example.com/x')": "True",
        "PackageIndex(hosts=['*.example.com']).url_ok('https://a.example.org/x')": "False",
        "PackageIndex().index_url": repr("https://index.example/simple/"),
        "[each.version for each in package_index.distros_for_url('https://host/demo-1.0.zip#egg=demo-2.0')]": "['1.0', '2.0']",
        "list(package_index.find_external_links('https://host/', '<a rel=\"homepage\" href=\"/x?a&amp;b\">'))": "['https://host/x?a&b']",
        "package_index.parse_bdist_wininst('demo-1.0.win32-py2.7.exe')": "('demo-1.0', '2.7', 'win32')",
        "package_index.htmldecode('a&amp;b')": "'a&b'",
    }
    bad = [
        f"PackageIndex().download('{base}/missing.zip', 'work/c')", f"PackageIndex().download('{base}/page.html', 'work/c')",
        f"PackageIndex().download('{base}/demo-1.0.zip#sha256={wrong}', 'work/c')", "PackageIndex().download('svn+https://host/demo/trunk@12', 'work/c')",
        "PackageIndex().download('svn://host/demo', 'work/c')", "PackageIndex().download('no such thing', 'work/c')",
        "PackageIndex(hosts=['*.example.com']).download('https://example.org/demo-1.0.zip', 'work/c')",
        "PackageIndex().download('bzr+https://host/demo', 'work/c')", "PackageIndex().download('http://127.0.0.1:1/demo.zip', 'work/c')",
        f"PackageIndex().download('file://{room}/tool.py#egg=tool', 'work/c')",
    ]
    before = {each.name for each in room.iterdir()}
    found = place.answers(list(good) + bad)
    server.shutdown()
    tell(place, before)
    for (call, want), answer in zip(good.items(), found):
        if answer != ["value", want]:
            fail(f"{call} gives {answer} instead of {want}")
    for call, (state, text) in zip(bad, found[len(good):]):
        if state != "raised" or "DistutilsError" not in text.split(":")[0].split():
            fail(f"{call} gives {state} {text[:90]} instead of a DistutilsError")
    if place.started():
        fail("a program is started for what is no address of git or hg")


def main():
    with tempfile.TemporaryDirectory(prefix="checkout-exam-") as name:
        folder = Path(name).resolve()
        run_legitimate(folder / "legitimate")
        run_others(folder / "others")
        for code in (0, 128, None):
            run_harmful(folder / f"harmful-{code}", code)
    print("downloads start git and hg alone, with whole arguments")


main()
