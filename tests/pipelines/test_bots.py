"""Update bots: how long they wait, and whether what they propose lands by itself."""

from __future__ import annotations

import pytest

from outpace.pipelines.bots import bots_of
from outpace.pipelines.events import Origin
from outpace.pipelines.surveyed import Bot

DEPENDABOT = (
    "version: 2\nupdates:\n- {package-ecosystem: pip, cooldown: {default-days: 5}}\n- {package-ecosystem: npm}\n"
)
LANDS = (
    "on: pull_request\njobs:\n  a:\n    if: github.actor == 'dependabot[bot]'\n    steps: [{run: gh pr merge --auto}]\n"
)


def bots(files: dict[str, str]) -> tuple[Bot, ...]:
    content = {path: text.encode() for path, text in files.items()}
    return bots_of(tuple(content), content.get)


def test_dependabot_proposes_and_lands_nothing_by_itself() -> None:
    file = ".github/dependabot.yml"
    assert bots({file: DEPENDABOT}) == (
        Bot(name="Dependabot", origin=Origin(file), lands=False, cool_down_days=5),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("files", "by"),
    [
        ({".github/workflows/m.yml": LANDS}, Origin(".github/workflows/m.yml", 5)),
        ({".mergify.yml": "queue_rules: []\nx: author=dependabot[bot]\nactions: merge\n"}, Origin(".mergify.yml", 2)),
        ({".github/workflows/m.yml": LANDS.replace("dependabot", "other")}, None),
        ({".github/workflows/m.yml": LANDS.replace("gh pr merge", "gh pr review")}, None),
    ],
)
def test_what_lands_the_changes_of_dependabot_is_told_with_its_place(files: dict[str, str], by: Origin | None) -> None:
    (bot,) = bots({".github/dependabot.yml": DEPENDABOT, **files})
    assert (bot.lands, bot.lands_by) == (by is not None, by)


def test_the_first_configuration_of_dependabot_could_land() -> None:
    file = ".dependabot/config.yml"
    text = "update_configs:\n- package_manager: python\n  automerged_updates: [{match: {update_type: all}}]\n"
    assert bots({file: text}) == (Bot(name="Dependabot", origin=Origin(file), lands=True, lands_by=Origin(file, 2)),)


@pytest.mark.parametrize(
    ("text", "lands", "days"),
    [
        ('{"extends": ["config:recommended"]}', False, None),
        ('{"extends": ["config:recommended", ":automergeMinor"]}', True, None),
        ('{"extends": ["github>acme/presets"]}', None, None),
        ("{extends: ['config:base'], // note: automerge: true\n minimumReleaseAge: '3 days',}", False, 3),
        ('{"packageRules": [{"automerge": true, "minimumReleaseAge": "1 week"}]}', True, 7),
        ('{"stabilityDays": 2}', False, 2),
        ("not json", None, None),
    ],
)
def test_renovate_is_read_in_its_loose_json(text: str, lands: bool | None, days: int | None) -> None:
    (bot,) = bots({"renovate.json5": text})
    assert (bot.name, bot.lands, bot.cool_down_days) == ("Renovate", lands, days)


def test_renovate_may_be_configured_in_package_json_and_others_by_their_files() -> None:
    files = {"package.json": '{"renovate": {"automerge": true}}', ".pyup.yml": "", ".snyk": ""}
    assert [(bot.name, bot.lands) for bot in bots(files)] == [("Renovate", True), ("PyUp", None), ("Snyk", None)]
    assert bots({"package.json": "{}"}) == ()
