"""The published schemas are those of the types, and the real commands' JSON fits them."""

from __future__ import annotations

import json
import os
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from outpace.cli.main import COMMANDS
from outpace.delivery.exchanges.exchange import Exchange, Recording, UnredactedExchange, UnredactedMessage
from outpace.delivery.exchanges.redaction import Redactor
from outpace.delivery.rollout.judge import Judge
from outpace.delivery.rollout.trail import Header, Writing
from outpace.engines.exchange_files import write
from outpace.model.edge import Redact
from outpace.model.times import now
from scripts import schemas
from tests.fakes.index import Index, Release
from tests.fakes.rollout_traffic import Traffic, failing, made
from tests.needs import needs

Document: TypeAlias = dict[str, Any]

ROOT = Path(__file__).parents[2]
ANSWERING = [command for command in COMMANDS if command.name != "mcp"]  # which speaks a protocol of its own
DATA = ROOT / "tests" / "data"
SHOP = "def is_open(hour):\n    return hour > 8\n"
CONFIGURATION = """[[applications]]
name = "shop"
locks = ["requirements.txt"]

[[environments]]
name = "production"
observe = { recorded = "production" }
"""
STAGING = """
[[applications.edge.staging.data]]
source = "sqlite:shop.sqlite"
variable = "DATABASE"
masks = [{ column = "customers.email", by = "email" }]
"""
AT_THE_EDGE = """run = ["python3", "serve.py", "{port}"]
delivery = "edge"
edge = { listen = ["127.0.0.1:PORT"], start_within = "3s", build = { environment = "none" }, record = { share = 1.0 } }
"""
SERVE = """import http.server, sys
class Shop(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("content-type", "text/plain")
        self.send_header("content-length", "4")
        self.end_headers()
        self.wfile.write(b"open")
http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Shop).serve_forever()
"""
PROPOSERS = """
[proposers.agent]
command = ["sh", "-c", "cat > /dev/null; echo x > README.md"]
"""
TASK = """goal = "the shop closes at 20"
editable = ["shop.py"]
evidence = ["is_open(23) is True"]
room = [{ path = "a.txt" }]
witnesses = [{ setup = "import shop", does = "shop.is_open(23)", exploited = { type = "returns", value = "True" } }]
benign = [{ setup = "import shop", does = "shop.is_open(12)" }]
"""
RELEASES = {"starlette": [Release(version="0.26.1"), Release(version="0.27.0")]}


class Shop:
    """A repository with one exposed pin, and the real command in it. Nothing is fetched but from a loopback index."""

    def __init__(self, place: Path, index: str) -> None:
        self.root = place / "shop"
        self.root.mkdir()
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(place),
            "XDG_STATE_HOME": str(place / "state"),
            "XDG_CACHE_HOME": str(place / "cache"),
            "UV_CACHE_DIR": str(place / "uv"),
            "UV_DEFAULT_INDEX": index,
            "UV_PYTHON": sys.executable,
            "UV_PYTHON_DOWNLOADS": "never",
            "GIT_CONFIG_NOSYSTEM": "1",
            "PYTHONDONTWRITEBYTECODE": "1",
        }

    def commit(self, files: Mapping[str, str]) -> None:
        for name, content in files.items():
            (self.root / name).write_text(content)
        who = {f"GIT_{role}_{key}": "n@example.org" for role in ("AUTHOR", "COMMITTER") for key in ("NAME", "EMAIL")}
        for words in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-q", "-m", "Begin"]):
            subprocess.run(["git", *words], cwd=self.root, env={**self.environment, **who}, check=True)

    def git(self, *words: str) -> None:
        subprocess.run(["git", *words], cwd=self.root, env=self.environment, check=True)

    def says(self, *words: str) -> list[Document]:
        """The JSON that a command writes; an exit status that no answer has is an error here."""
        argv = [sys.executable, "-m", "outpace.cli", *words, "--format", "json", "--quiet"]
        done = subprocess.run(argv, cwd=self.root, env=self.environment, capture_output=True, check=False, timeout=120)
        assert done.returncode in {0, 3, 10}, (words, done.returncode, done.stderr.decode())
        assert done.stdout, (words, done.stderr.decode())
        return [json.loads(done.stdout)]


def told(shop: Shop) -> Iterator[tuple[str, list[Document]]]:
    shop.commit({"requirements.txt": "starlette==0.26.1\nleft @ https://example.invalid/left-1.0.zip\n"})
    archives = ["--from", str(DATA / "osv" / "all.zip"), "--kev-from", str(DATA / "kev.json")]
    yield "advisories", shop.says("advisories", "update", *archives) + shop.says("advisories", "status")
    yield "init", shop.says("init")
    yield "match", shop.says("match")
    shop.commit({"requirements.txt": "starlette==0.26.1\n", "outpace.toml": CONFIGURATION})
    yield "fix", shop.says("fix", "--dry-run", "--offline")
    yield "respond", shop.says("respond", "--offline")
    yield "prove", shop.says("prove", "outpace/fix-PYSEC-2023-83", "--offline")
    seen = ["--environment", "production", "--inventory", "requirements.txt"]
    yield "record", shop.says("record", "known", "CVE-2023-29159") + shop.says("record", "observed", *seen)
    shop.commit({"test_shop.py": "def test_that_the_shop_is_open():\n    assert True\n"})
    yield "test run", shop.says("test", "run", "--python", sys.executable)
    yield "test brittle", shop.says("test", "brittle", "--kinds", "alone", "--python", sys.executable)
    yield "test select", shop.says("test", "select", "--python", sys.executable)
    shop.commit({"shop.py": SHOP, "test_shop.py": "import shop\n\n\ndef test_hours():\n    assert shop.is_open(12)\n"})
    yield "test generate", shop.says("test", "generate", "--budget", "60", "--python", sys.executable)
    yield "test mutants", shop.says("test", "mutants", "--python", sys.executable)
    yield "test gaps", shop.says("test", "gaps", "shop.py", "--executions", "0", "--python", sys.executable)
    (shop.root / "shop.py").write_text(SHOP.replace("8", "13"))
    yield "test mend", shop.says("test", "mend", "--python", sys.executable)
    (shop.root / "shop.py").write_text(SHOP)
    yield from proposed(shop)
    yield "staging masks", masked(shop)
    yield "migrations", migrated(shop)
    yield from told_at_the_edge(shop)
    yield "split", split_up(shop)
    yield "explain", shop.says("explain", "CVE-2023-29159", "--offline") + shop.says("explain", "undecided")
    yield "where", shop.says("where", "CVE-2023-29159", "--offline")
    yield "observe", shop.says("observe", "--offline")
    yield "clock", shop.says("clock")
    yield "assess", shop.says("assess", "--offline") + shop.says("assess", ".", ".git/..", "--offline")
    yield "brief", shop.says("brief", "--offline")
    yield "watch", shop.says("watch", "--rounds", "1", "--every", "1s", "--offline")
    yield "completion", shop.says("completion", "bash")


def split_up(shop: Shop) -> list[Document]:
    shop.commit({"a.py": "A = 1\n", "b.py": "B = 1\n"})
    shop.git("switch", "-q", "-c", "large")
    shop.commit({"a.py": "A = 2\n", "b.py": "B = 2\n"})
    shop.git("switch", "-q", "main")
    return shop.says("split", "large", "--dry-run", "--offline")


def told_at_the_edge(shop: Shop) -> Iterator[tuple[str, list[Document]]]:
    """A second release that fails is rolled back; the first goes on."""
    needs("envoy")
    edge = AT_THE_EDGE.replace("PORT", str(free_port()))
    try:
        yield from _told_at_the_edge(shop, edge)
    finally:
        shop.says("edge", "down")
    shop.commit({"outpace.toml": CONFIGURATION})


def _told_at_the_edge(shop: Shop, edge: str) -> Iterator[tuple[str, list[Document]]]:
    shop.commit({"serve.py": SERVE, "outpace.toml": CONFIGURATION.replace("locks", edge + "locks", 1)})
    yield "release build", shop.says("release", "build")
    rollouts = shop.says("rollout")
    yield "edge up", shop.says("edge", "up")
    yield "edge block", shop.says("edge", "block", "--path", "/admin")
    yield "edge unblock", shop.says("edge", "unblock", "--path", "/admin")
    record = shop.says("edge", "record", "--for", "1s")
    recorded(Path(record[0]["result"]["file"]))
    yield "edge record", record
    yield "edge units", shop.says("edge", "units")
    shop.commit({"serve.py": SERVE.replace("open", "shut")})
    yield "staging compare", shop.says("staging", "compare")
    yield "staging up", shop.says("staging", "up")
    yield "staging list", shop.says("staging", "list")
    url = shop.says("staging", "list")[0]["result"]["stages"][0]["url"]
    yield "replay", shop.says("replay", record[0]["result"]["file"], "--old", url, "--new", url)
    yield "staging down", shop.says("staging", "down")
    shop.commit({"serve.py": SERVE.replace("200", "500")})
    yield "rollout", rollouts + shop.says("rollout")
    status = shop.says("edge", "status")
    yield "edge status", status
    (shop.root / "trail.jsonl").write_bytes(trail())
    yield "verdict replay", shop.says("verdict", "replay", "trail.jsonl")
    releases = shop.says("release", "list")
    yield "release list", releases
    digest = status[0]["result"]["good"]
    yield "release verify", shop.says("release", "verify", digest)
    yield "release export", shop.says("release", "export", digest, "--to", "image")
    yield "release collect", shop.says("release", "collect", "--dry-run")
    yield "rollback", rolled_back(shop, status[0]["result"]["folder"], digest)
    yield "edge down", shop.says("edge", "down")


def rolled_back(shop: Shop, folder: str, digest: str) -> list[Document]:
    """As if the first release had been promoted over another."""
    good = Path(folder) / "good.json"
    other = next(each["release"]["digest"] for each in shop.says("release", "list")[0]["result"]["releases"])
    good.write_text(json.dumps({**json.loads(good.read_text()), "release": other, "before": digest}))
    return shop.says("rollback")


def recorded(path: Path) -> None:
    """One exchange, as the tap would have seen it."""
    request = UnredactedMessage(fields=(("accept", "*/*"),), body=b"")
    seen = UnredactedExchange(
        method="GET", target="/", authority="shop", address="10.0.0.1", at=now(), status=200, request=request,
        response=UnredactedMessage(fields=(("content-type", "text/plain"),), body=b"open"),
    )  # fmt: skip
    kept = Redactor(Redact()).kept(seen)
    assert isinstance(kept, Exchange)
    write(path, Recording(exchanges=(kept,)))


def trail() -> bytes:
    judge, writing = Judge(made()), Writing()
    traffic = Traffic(8, failing(1.0), {"": 200.0})
    lines = writing.begin(Header(baseline="b" * 64, candidate="c" * 64, budget=judge.budget))
    for number in range(1, 20):
        tick = traffic.tick(number * 0.1, judge.weight)
        lines += writing.add(tick, judge.see(tick))
    return lines


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def migrated(shop: Shop) -> list[Document]:
    """One step of each class, and a migration that was applied and is edited."""
    (shop.root / "migrations").mkdir()
    first, second = "migrations/001_first.sql", "migrations/002_second.sql"
    shop.commit({first: "CREATE TABLE orders (id int, note text);"})
    steps = "CREATE INDEX by_id ON orders (id); ALTER TABLE orders DROP note; DO $$ x $$;"
    shop.commit({first: "CREATE TABLE orders (id int, note varchar(9));", second: steps})
    return shop.says("migrations", "HEAD~1..HEAD")


def masked(shop: Shop) -> list[Document]:
    """One column that has a mask, and one that looks as if it needed one."""
    shop.commit({"outpace.toml": CONFIGURATION + STAGING})
    with closing(sqlite3.connect(shop.root / "shop.sqlite")) as sql:
        sql.execute("CREATE TABLE customers (email TEXT, phone TEXT)")
    answers = shop.says("staging", "masks")
    shop.commit({"outpace.toml": CONFIGURATION})
    return answers


def proposed(shop: Shop) -> Iterator[tuple[str, list[Document]]]:
    """An agent that edits what it may not is refuted before anything runs."""
    shop.commit({"fix.toml": TASK, "outpace.toml": CONFIGURATION + PROPOSERS})
    python = ["--python", sys.executable]
    yield "task", shop.says("task", *python) + shop.says("task", "fix.toml", *python)
    yield "propose", shop.says("propose", "fix.toml", "--attempts", "1", *python)
    yield "proposals", shop.says("proposals")


def strict(schema: Document) -> Document:
    """The same schema, in which a field that it does not name is an error."""
    structs = {name: {**struct, "additionalProperties": False} for name, struct in schema["$defs"].items()}
    return {**schema, "$defs": structs}


def published(name: str) -> Document:
    return json.loads((schemas.FOLDER / f"{name.replace(' ', '-')}.json").read_bytes())


def errors(name: str, answer: Document) -> list[str]:
    validator = Draft202012Validator(strict(published(name)), format_checker=FormatChecker())
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(answer)]


def test_the_published_schemas_are_those_of_the_types() -> None:
    there = {path.name: path.read_bytes() for path in schemas.FOLDER.glob("*.json")}
    assert there == schemas.files(), "make schemas"


def test_every_command_has_a_published_schema() -> None:
    assert {Path(name).stem for name in schemas.files()} == {command.name.replace(" ", "-") for command in ANSWERING}


@pytest.mark.parametrize("name", [command.name for command in ANSWERING])
def test_a_published_schema_is_a_valid_schema(name: str) -> None:
    assert Draft202012Validator.check_schema(published(name)) is None


def test_what_each_command_really_writes_fits_its_own_schema_and_no_other(tmp_path: Path) -> None:
    """One test, since the story behind the answers takes seconds."""
    needs("uv")
    with Index(RELEASES) as index:
        answers = dict(told(Shop(tmp_path, index.url)))
    assert answers.keys() == {command.name for command in ANSWERING}
    for name, written in answers.items():
        assert [errors(name, each) for each in written] == [[] for _ in written], name
        fitting = {other for other in answers if not any(errors(other, each) for each in written)}
        assert fitting == ({"respond", "watch"} if name in {"respond", "watch"} else {name})
    assert_rich(answers)


def assert_rich(answers: Mapping[str, Sequence[Document]]) -> None:
    """An empty list fits every schema: what was compared must hold an exposure, a plan, a check, a stage."""
    lists = {
        "match": ("exposures", "components"),
        "fix": ("plans", "changes"),
        "prove": ("checks",),
        "respond": ("cases",),
        "watch": ("cases",),
        "observe": ("environments",),
        "where": ("affected",),
        "staging masks": ("databases",),
        "migrations": ("order", "steps"),
        "clock": ("exposures",),
        "init": ("inferred",),
        "propose": ("attempts",),
        "proposals": ("accounts", "proposals"),
        "test run": ("passed",),
        "test generate": ("files",),
        "test mutants": ("mutants", "survivors"),
        "test gaps": ("looked_at", "gaps"),
        "test mend": ("red",),
        "test brittle": ("kinds",),
        "test select": ("everything", "selected"),
    }
    empty = [(name, key) for name, keys in lists.items() for key in keys if not answers[name][-1]["result"][key]]
    assert empty == []
    task = answers["task"][-1]["result"]["task"]
    assert [key for key in ("editable", "evidence", "room", "witnesses", "benign", "judged_by") if not task[key]] == []
