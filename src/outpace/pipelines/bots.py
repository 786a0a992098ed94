"""Update bots by their configuration files: how long they wait, and whether something lands what they propose."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import cast

from outpace.model.toml import table
from outpace.model.yaml_text import Node, Pairs, rows_of
from outpace.pipelines.described import items_of, text_of
from outpace.pipelines.events import LookUp, Origin, text_at
from outpace.pipelines.jobs import document_of
from outpace.pipelines.surveyed import Bot

RENOVATE = (
    "renovate.json", "renovate.json5", ".github/renovate.json", ".github/renovate.json5", ".gitlab/renovate.json",
    ".gitlab/renovate.json5", ".renovaterc", ".renovaterc.json", ".renovaterc.json5",
)  # fmt: skip
DEPENDABOT = (".github/dependabot.yml", ".github/dependabot.yaml")
OTHERS = {
    ".pyup.yml": "PyUp", ".pyup.yaml": "PyUp", ".snyk": "Snyk", ".depfu.yml": "Depfu",
    "greenkeeper.json": "Greenkeeper", ".scala-steward.conf": "Scala Steward",
}  # fmt: skip
MERGIFY = (".mergify.yml", ".mergify/config.yml", ".github/mergify.yml")
KODIAK = (".kodiak.toml", ".github/.kodiak.toml")
WORKFLOW = re.compile(r"\.github/workflows/[^/]+\.ya?ml")
LANDS = re.compile(
    r"gh pr merge|pascalgn/automerge-action|fastify/github-action-merge-dependabot|"
    r"ahmadnassri/action-dependabot-auto-merge"
    r"|peter-evans/enable-pull-request-automerge|alexwilson/enable-github-automerge-action|enablePullRequestAutoMerge"
    r"|pulls\.merge\b|koj-co/dependabot-pr-action|ridedott/merge-me-action|plm9606/automerge",
)
AUTHORS = {"Dependabot": re.compile(r"dependabot", re.IGNORECASE), "Renovate": re.compile(r"renovate", re.IGNORECASE)}
SPAN = re.compile(r"(?P<count>\d{1,4})\s*(?P<unit>d|day|days|w|week|weeks|month|months|h|hours?)\b")
DAYS = {"d": 1, "day": 1, "days": 1, "w": 7, "week": 7, "weeks": 7, "month": 30, "months": 30}
BUILT_IN = re.compile(
    r"(?:config|:|docker|group|helpers|monorepo|npm|packages|preview|replacements|schedule|security|workarounds|default"
    r"|abandonments|customManagers|mergeConfidence)(?::|\w)"
)
LANDING_PRESETS = re.compile(r":automerge(?!Disabled)")
TOKENS = re.compile(
    r"(?P<string>\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*')|(?P<key>[A-Za-z_$][\w$]*)(?=\s*:)|(?P<comma>,(?=\s*[}\]]))"
)
COMMENTS = re.compile(r"(?P<string>\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*')|(?P<comment>//[^\n]*|/\*.*?\*/)", re.DOTALL)
LARGEST = 200_000


def bots_of(paths: Sequence[str], look_up: LookUp) -> tuple[Bot, ...]:
    return tuple(_found(frozenset(paths), tuple(paths), look_up))


def _found(there: frozenset[str], paths: tuple[str, ...], look_up: LookUp) -> Iterator[Bot]:
    for path in DEPENDABOT:
        if path in there:
            yield _dependabot(path, paths, look_up)
    if ".dependabot/config.yml" in there:
        yield _first_dependabot(".dependabot/config.yml", look_up)
    for path in RENOVATE:
        if path in there:
            yield _renovate(path, paths, look_up, json5_of(text_at(look_up, path) or ""))
    package = table(json5_of(text_at(look_up, "package.json") or "").get("renovate"))
    if package and "package.json" in there:
        yield _renovate("package.json", paths, look_up, package)
    for path, name in OTHERS.items():
        if path in there:
            yield Bot(name=name, origin=Origin(path), lands=None)


def _dependabot(path: str, paths: tuple[str, ...], look_up: LookUp) -> Bot:
    """Dependabot proposes; a workflow or a merge bot of the repository may land it."""
    whole = document_of(path, text_at(look_up, path))
    updates = items_of(whole.rows.get("updates")) if isinstance(whole, Pairs) else ()
    days = [_number(rows_of(rows_of(each).get("cooldown")).get("default-days")) for each in updates]
    place = _landed_by("Dependabot", paths, look_up)
    known = [each for each in days if each is not None]
    return Bot(
        name="Dependabot",
        origin=Origin(path),
        lands=place is not None,
        lands_by=place,
        cool_down_days=max(known) if known else None,
    )


def _first_dependabot(path: str, look_up: LookUp) -> Bot:
    whole = document_of(path, text_at(look_up, path))
    updates = items_of(whole.rows.get("update_configs")) if isinstance(whole, Pairs) else ()
    merging = [each for each in updates if isinstance(each, Pairs) and "automerged_updates" in each.rows]
    by = Origin(path, merging[0].line) if merging else None
    return Bot(name="Dependabot", origin=Origin(path), lands=bool(merging), lands_by=by)


def _number(node: Node | None) -> int | None:
    text = text_of(node)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else None


def _landed_by(bot: str, paths: tuple[str, ...], look_up: LookUp) -> Origin | None:
    """A workflow that speaks of the bot and merges, or a rule of a merge bot."""
    author = AUTHORS[bot]
    for path in [path for path in paths if WORKFLOW.fullmatch(path)][:100]:
        text = text_at(look_up, path) or ""
        found = LANDS.search(text)
        if found is not None and author.search(text):
            return Origin(path, text.count("\n", 0, found.start()) + 1)
    for path in (*MERGIFY, *KODIAK):
        text = text_at(look_up, path) or "" if path in paths else ""
        found = author.search(text)
        if found is not None and re.search(r"\bmerge\b|\bqueue\b|automerge", text):
            return Origin(path, text.count("\n", 0, found.start()) + 1)
    return None


def _renovate(path: str, paths: tuple[str, ...], look_up: LookUp, rows: Mapping[str, object]) -> Bot:
    """What a preset from elsewhere says is not told here."""
    text = COMMENTS.sub(lambda found: found["string"] or "", text_at(look_up, path) or "")
    said = re.search(r"[\"']?(?:platformA|a)utomerge[\"']?\s*:\s*true", text)
    extended = rows.get("extends")
    presets = [str(each) for each in cast("list[object]", extended)] if isinstance(extended, list) else []
    landing = next((each for each in presets if LANDING_PRESETS.match(each)), None)
    place = None
    if said is not None and "platformA" not in said[0]:
        place = Origin(path, text.count("\n", 0, said.start()) + 1)
    elif landing is not None:
        place = Origin(path)
    place = place or _landed_by("Renovate", paths, look_up)
    foreign = any(not BUILT_IN.match(each) for each in presets) or (not rows and path != "package.json")
    return Bot(
        name="Renovate",
        origin=Origin(path),
        lands=True if place is not None else None if foreign else False,
        lands_by=place,
        cool_down_days=_cool_down(rows),
    )


def _cool_down(rows: Mapping[str, object]) -> int | None:
    rules = rows.get("packageRules")
    listed = [table(each) for each in cast("list[object]", rules)] if isinstance(rules, list) else []
    for each in (rows, *listed):
        told = each.get("minimumReleaseAge")
        found = SPAN.match(told.strip()) if isinstance(told, str) else None
        if found is not None:
            return int(found["count"]) * DAYS.get(found["unit"], 0)
        days = each.get("stabilityDays")
        if isinstance(days, int):
            return days
    return None


def json5_of(text: str) -> Mapping[str, object]:
    """JSON with comments, bare keys, single quotes and trailing commas; empty where it is none."""
    if len(text) > LARGEST:
        return {}

    def plain(found: re.Match[str]) -> str:
        told = found[0]
        if found["string"] and told.startswith("'"):
            return json.dumps(told[1:-1].replace("\\'", "'"))
        if found["key"]:
            return json.dumps(told)
        return "" if found["comma"] else told

    try:
        return table(cast("object", json.loads(TOKENS.sub(plain, COMMENTS.sub(lambda f: f["string"] or " ", text)))))
    except (ValueError, RecursionError):
        return {}
