"""What docs/tasks.md says of tasks is what the code decodes and does."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import get_args

import msgspec
import pytest

from outpace.app.judge import LADDERS
from outpace.app.task_book import from_file
from outpace.cli.main import COMMANDS, grammar
from outpace.proving.ladder import cases, rungs
from outpace.proving.tasks import Kind, Task

PAGE = (Path(__file__).parents[2] / "docs" / "tasks.md").read_text()
EXAMPLE = PAGE.split("```toml\n")[1].split("```")[0]
TELLING = {
    "code-fix": rungs.TELLING,
    "test": rungs.TEST_TELLING,
    "mend": rungs.MEND_TELLING,
    "upgrade": rungs.UPGRADE_TELLING,
}


def test_the_annotated_example_is_a_task() -> None:
    task = from_file(EXAMPLE.encode(), "fix.toml", "0123abcd")
    assert (task.kind, task.base, len(task.witnesses), len(task.benign), len(task.siblings)) == (
        "code-fix",
        "0123abcd",
        1,
        1,
        1,
    )


def test_the_page_names_every_key_of_a_task() -> None:
    """In the example, or in the paragraph below it."""
    shown = tomllib.loads(EXAMPLE)
    told = set(re.findall(r"`(\w+)(?:`| =)", PAGE.split("```toml\n")[1].split("```")[1]))
    assert {field.name for field in msgspec.structs.fields(Task)} - shown.keys() - told == set()
    assert {field.name for field in msgspec.structs.fields(cases.Witness)} == shown["witnesses"][0].keys()
    assert {field.name for field in msgspec.structs.fields(cases.Benign)} == shown["benign"][0].keys()


def test_the_page_names_every_effect() -> None:
    rows = re.findall(r'^\| `\{ type = "([\w-]+)"', PAGE, re.MULTILINE)
    assert rows == [each.__struct_config__.tag for each in get_args(cases.Oracle)]


@pytest.mark.parametrize("kind", get_args(Kind))
def test_the_page_names_every_rung_with_what_it_asks_and_whether_it_tells(kind: Kind) -> None:
    section = PAGE.split(f"\n### {kind}\n")[1].split("\n##")[0]
    rows = re.findall(r"^\| ([\w' -]+?)( •)? \| (?!passes|-)(.+) \|$", section, re.MULTILINE)
    assert {name: explains for name, _, explains in rows if name != "rung"} == dict(LADDERS[kind])
    assert {name for name, telling, _ in rows if telling} == set(TELLING[kind])


def test_the_table_of_kinds_is_complete() -> None:
    table = PAGE.split("\n## The kinds\n")[1].split("\n## ")[0]
    assert set(re.findall(r"^\| ([a-z-]+) \| (?!made by)", table, re.MULTILINE)) == set(get_args(Kind))


TABLE = PAGE.split("\n## Exit statuses\n")[1]
STATUSES: list[tuple[str, str]] = re.findall(r"^\| `(\w+)`.*? \| (.+) \|$", TABLE, re.MULTILINE)


@pytest.mark.parametrize(("command", "cells"), STATUSES, ids=[name for name, _ in STATUSES])
def test_the_page_and_the_help_of_a_command_name_the_same_exit_statuses(command: str, cells: str) -> None:
    columns = re.findall(r"\d+", TABLE.strip().splitlines()[0])
    told = dict(zip(columns, cells.split(" | "), strict=True))
    found = next(each for each in COMMANDS if each.name == command)
    helped = " ".join(grammar(found).format_help().split("exit status:")[1].split("\n\n")[0].split())
    assert set(re.findall(r"(?:^|; )(\d+) ", helped.strip())) == {each for each in columns if told[each] != "never"}
