"""Three years of a company that does not exist, as a git repository: `python -m scripts.company PLACE`.

Lantern Books and everybody in it are invented, and so is what they did and when. What is real: the packages, their
versions with the dates of their release (examples/company/releases.json), and the advisories that met them.
The same commits come out on every machine.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

ROOT = Path(__file__).resolve().parent.parent
RELEASES = ROOT / "examples" / "company" / "releases.json"
PROUD = ", and what is merged is automatically deployed"
LOCK = "requirements.txt"
BEGIN, END = date(2022, 1, 10), date(2025, 2, 10)
PEOPLE = (
    ("Wren Halloway", "wren.halloway@lantern.example.invalid"),
    ("Tobias Quill", "tobias.quill@lantern.example.invalid"),
    ("Imani Brightwater", "imani.brightwater@lantern.example.invalid"),
)
GUEST = ("Odell Finchley", "odell.finchley@guild.example.invalid")
HELPED = f"Co-authored-by: {GUEST[0]} <{GUEST[1]}>\nReviewed-by: {PEOPLE[1][0]} <{PEOPLE[1][1]}>"
MAILMAP = "Wren Halloway-Stone <wren@home.example.invalid> <wren.halloway@lantern.example.invalid>\n"
BOT = ("dependabot[bot]", "49699333+dependabot[bot]@users.noreply.github.com")
LINES = {
    "django": ("3.2", "4.2"),
    "aiohttp": ("3",),
    "starlette": ("0",),
    "werkzeug": ("2", "3"),
    "urllib3": ("1.26", "2"),
}
CI = """\
name: ci
on: [push, pull_request]
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v3
      - uses: actions/setup-python@v4
        with: {python-version: "3.11"}
      - run: pip install -r requirements.txt
      - run: pytest%s
"""
SCAN = """\
  scan:
    runs-on: ubuntu-latest
    continue-on-error: true
    steps:
      - uses: actions/checkout@v3
      - run: pip install bandit && bandit -r app
"""
DEPENDABOT = """\
version: 2
updates:
  - package-ecosystem: pip
    directory: /
    schedule: {interval: weekly}
"""
DEPLOY = """\
name: deploy
on: workflow_dispatch
jobs:
  production:
    runs-on: ubuntu-latest
    environment: production
    steps:
      - uses: actions/checkout@v3
      - run: make deploy
"""
README = """\
# Lantern Books

The shop. We practice continuous integration, and every release is made from `main`.
Security scanning is part of our pipeline%s.
"""


@dataclass
class History:
    """A stream for `git fast-import`, and what is on each branch."""

    random: Random = field(default_factory=lambda: Random(20250210))
    stream: list[bytes] = field(default_factory=list[bytes])
    main: dict[str, str] = field(default_factory=dict[str, str])
    pins: dict[str, str] = field(default_factory=dict[str, str])
    line: list[tuple[datetime, int, dict[str, str]]] = field(default_factory=list[tuple[datetime, int, dict[str, str]]])
    marks: int = 0
    tip: int = 0

    def commit(self, at: datetime, who: tuple[str, str], subject: str, files: Mapping[str, str], *parents: int) -> int:
        """Onto no branch yet; the files are those that differ from the first parent."""
        self.marks += 1
        stamp = f"{int(at.timestamp())} +0000"
        head = f"commit refs/heads/work\nmark :{self.marks}\n"
        head += "".join(f"{role} {who[0]} <{who[1]}> {stamp}\n" for role in ("author", "committer"))
        message = subject.encode()
        lines = [head.encode(), b"data %d\n%s\n" % (len(message), message)]
        lines += [f"{'merge' if number else 'from'} :{parent}\n".encode() for number, parent in enumerate(parents)]
        for path, content in sorted(files.items()):
            body = content.encode()
            lines.append(b"M 100644 inline %s\ndata %d\n%s\n" % (path.encode(), len(body), body))
        self.stream += lines
        return self.marks

    def land(self, due: Due) -> None:
        """A branch with one commit, begun from what main was then, and merged so that it stays visible."""
        pins = {**self.pins, **due.pins}
        files = {**due.files, **({LOCK: lock(pins)} if due.pins else {})}
        changed = {path: content for path, content in files.items() if self.main.get(path) != content}
        if not changed:
            return
        base, known = next((mark, old) for landed, mark, old in reversed(self.line) if landed <= due.began)
        own = {**changed, **({LOCK: lock({**known, **due.pins})} if due.pins else {})}
        made = self.commit(due.began, due.who, due.subject, own, base)
        merger = PEOPLE[self.marks % len(PEOPLE)]
        self.tip = self.commit(due.landed, merger, f"Merge branch 'work-{made}'", changed, self.tip, made)
        self.main |= changed
        self.pins = pins
        self.line.append((due.landed, self.tip, pins))

    def tag(self, name: str, at: datetime) -> None:
        who = PEOPLE[0]
        head = f"tag {name}\nfrom :{self.tip}\ntagger {who[0]} <{who[1]}> {int(at.timestamp())} +0000\n"
        self.stream.append(head.encode() + b"data %d\n%s\n" % (len(name), name.encode()))


@dataclass(frozen=True)
class Due:
    """One thing that happens: `began` on a branch, `landed` on main."""

    landed: datetime
    began: datetime
    who: tuple[str, str]
    subject: str
    pins: Mapping[str, str] = field(default_factory=dict[str, str])
    files: Mapping[str, str] = field(default_factory=dict[str, str])
    tag: str = ""


def build(place: Path) -> None:
    """A new repository with its files checked out; `place` must not be there yet."""
    releases: dict[str, list[tuple[str, date]]] = {
        name: [(version, date.fromisoformat(day)) for version, day in rows]
        for name, rows in json.loads(RELEASES.read_text()).items()
    }
    history = History()
    pins = {name: newest(name, rows, BEGIN, 0) for name, rows in releases.items()}
    first = {
        ".mailmap": MAILMAP,
        "README.md": README % "",
        "app/__init__.py": "",
        "tests/test_shop.py": "def test_shop():\n    assert True\n",
        "Makefile": "test:\n\tpytest\n\ndeploy:\n\t./deploy.sh\n",
        "deploy.sh": "#!/bin/sh\nrsync -a app deploy@shop.example.invalid:/srv/shop\n",
        LOCK: lock(pins),
    }
    history.main = dict(first)
    history.tip = history.commit(at(BEGIN, 9), PEOPLE[0], "The shop as it is", first)
    history.pins = pins
    history.line.append((at(BEGIN - timedelta(days=365), 9), history.tip, pins))
    for due in sorted(events(releases, history.random), key=lambda due: (due.landed, due.began, due.subject)):
        history.land(due)
        if due.tag:
            history.tag(due.tag, due.landed + timedelta(hours=3))
    write(history, place)


def events(releases: Mapping[str, list[tuple[str, date]]], random: Random) -> Iterator[Due]:
    yield from features(random)
    yield from adoption()
    for name, rows in releases.items():
        yield from by_hand(name, rows, random)
        yield from by_bot(name, rows)
    # An upgrade that broke the shop: taken back after two days, and tried again five weeks later.
    yield Due(at(date(2023, 5, 10), 10), at(date(2023, 4, 20), 9), PEOPLE[1], "Move to Django 4.2", {"django": "4.2.1"})
    yield Due(
        at(date(2023, 5, 12), 16),
        at(date(2023, 5, 12), 15),
        PEOPLE[2],
        'Revert "Move to Django 4.2"',
        {"django": "3.2.18"},
    )
    yield Due(
        at(date(2023, 7, 20), 11), at(date(2023, 7, 4), 9), PEOPLE[1], "Move to Django 4.2, again", {"django": "4.2.3"}
    )


def features(random: Random) -> Iterator[Due]:
    """Work on the shop: about one and a half branches a week, that live for days, and longer after the bad spring."""
    day, number = BEGIN, 0
    while day < END:
        shy = date(2023, 5, 12) <= day < date(2023, 11, 1)
        day += timedelta(days=random.choice((7, 9, 11)) if shy else random.choice((3, 4, 5, 6)))
        number += 1
        lived = timedelta(days=random.choice((2, 4, 6, 9, 13, 20)), hours=random.randrange(8))
        sizes = (3, 5, 8) if shy else (1, 2, 3)
        files = {f"app/part_{random.randrange(40)}.py": f"WORK = {number}\n" for _ in range(random.choice(sizes))}
        yield Due(at(day, 9 + number % 8), at(day, 9) - lived, PEOPLE[number % 3], f"Work {number}", files=files)
    for number, day in enumerate((date(2022, 6, 14), date(2023, 2, 7), date(2024, 3, 19))):
        yield Due(
            at(day, 18),
            at(day, 17),
            PEOPLE[number],
            f"Hotfix: checkout {number}",
            files={f"app/fix_{number}.py": "FIXED = True\n"},
        )


def adoption() -> Iterator[Due]:
    """What was introduced, and what became of it."""
    who = PEOPLE[2]
    workflow, gate = ".github/workflows/ci.yml", " --cov=app --cov-fail-under=80"
    for day, subject, files in (
        (date(2022, 5, 3), "Run the tests in CI", {workflow: CI % ""}),
        (date(2022, 11, 7), "Let a bot propose updates", {".github/dependabot.yml": DEPENDABOT}),
        (date(2023, 2, 20), "Ask for 80% coverage", {workflow: CI % gate}),
        (date(2023, 9, 18), "Scan for security", {workflow: (CI % gate) + SCAN, "README.md": README % PROUD}),
        (date(2024, 1, 15), "The coverage gate is in the way", {workflow: (CI % "") + SCAN}),
        (date(2024, 2, 5), "Deploy from CI", {".github/workflows/deploy.yml": DEPLOY}),
    ):
        yield Due(at(day, 14), at(day, 10), who, subject, files=files)
    day = date(2022, 2, 1)
    number = 1
    while day < END:
        note = {"app/release.py": f'RELEASE = "{day:%Y.%m}"\n'}
        yield Due(
            at(day, 12), at(day, 11), PEOPLE[0], f"Release {day:%Y.%m}\n\n{HELPED}", files=note, tag=f"{day:%Y.%m}"
        )
        day = (day.replace(day=1) + timedelta(days=63)).replace(day=1)
        number += 1


def by_hand(name: str, rows: list[tuple[str, date]], random: Random) -> Iterator[Due]:
    """Before the bot: somebody updates everything every quarter, on a branch that lives for two weeks."""
    day = date(2022, 3, 28)
    while day < date(2022, 11, 1):
        if random.random() < 0.7:
            yield Due(
                at(day, 15),
                at(day, 9) - timedelta(days=14),
                PEOPLE[0],
                "Update dependencies",
                {name: newest(name, rows, day - timedelta(days=14), 0)},
            )
        day += timedelta(days=91)


def by_bot(name: str, rows: list[tuple[str, date]]) -> Iterator[Due]:
    """A branch on the Monday after a release; merged in the batch of the month, from mid 2024 of the quarter."""
    due: dict[date, Due] = {}
    for version, released in rows:
        if not date(2022, 11, 7) <= released <= date(2025, 1, 20):
            continue
        if newest(name, rows, released, released >= date(2023, 7, 20)) != version:
            continue
        monday = released + timedelta(days=7 - released.weekday())
        landed = batch_after(monday)
        if landed < END:
            minutes = timedelta(minutes=3 * (sum(map(ord, name)) % 40))
            due[landed] = Due(
                at(landed, 10) + minutes, at(monday, 5), BOT, f"Bump {name} to {version}", {name: version}
            )
    yield from due.values()


def batch_after(day: date) -> date:
    """The second Wednesday of the next month in which updates are merged."""
    month = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    while month >= date(2024, 6, 1) and month.month % 3 != 0:
        month = (month + timedelta(days=32)).replace(day=1)
    first = month + timedelta(days=(2 - month.weekday()) % 7)
    return first + timedelta(days=7)


def newest(name: str, rows: list[tuple[str, date]], day: date, line: int) -> str:
    """The newest release of the line that the shop is on, at that day."""
    lines = LINES.get(name, ("",))
    prefix = lines[min(int(line), len(lines) - 1)]
    known = [
        version
        for version, released in rows
        if released <= day and (not prefix or f"{version}.".startswith(f"{prefix}."))
    ]
    return max(known or [rows[0][0]], key=lambda version: tuple(map(int, version.split("."))))


def lock(pins: Mapping[str, str]) -> str:
    return "".join(f"{name}=={version}\n" for name, version in sorted(pins.items()))


def at(day: date, hour: int) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def write(history: History, place: Path) -> None:
    place.mkdir(parents=True)
    environment = {
        **{k: v for k, v in os.environ.items() if not k.startswith("GIT_")},
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
    }
    stream = b"".join(history.stream) + f"reset refs/heads/main\nfrom :{history.tip}\n".encode()
    for argv, given in (
        (["git", "init", "-q", "-b", "main"], b""),
        (["git", "fast-import", "--quiet"], stream),
        (["git", "branch", "-q", "-D", "work"], b""),
        (["git", "reset", "-q", "--hard", "main"], b""),
    ):
        subprocess.run(argv, cwd=place, env=environment, input=given, check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    build(Path(sys.argv[1]))
