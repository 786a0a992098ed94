"""Names beside those that a change allows are looked up, and what they stand for has the witness's effect."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from outpace.proving.ladder.cases import Case, Creates, Leaks, Returns, Runs, Witness
from outpace.proving.ladder.looked_up import looked_up

WITNESS = Witness(setup="from a import load", does="load('!open [x]')", exploited=Creates("owned.txt"))


def test_names_begin_and_end_like_those_that_are_allowed() -> None:
    found = {case.does for case in looked_up([WITNESS], (), ("datetime.date", "#"))}
    assert {
        "load('!outpace_called.made [x]')",
        "load('!date_outpace_called.made [x]')",
        "load('!outpace_called.date [x]')",
        "load('!outpace_loaded.date [x]')",
        "load('!datetime#open [x]')",
    } <= found


def test_what_leaks_is_not_had_by_loading_a_module() -> None:
    leaking = Witness(does="load('!open [x]')", exploited=Leaks("canary"))
    assert looked_up([leaking], (), ("date",)) == ()


def test_what_is_told_by_its_answer_may_be_right_of_another_name() -> None:
    returning = Witness(does="is_safe('http:999')", exploited=Returns("True"))
    assert looked_up([returning], (), ("invalid", "?")) == ()


def case_of(name: str) -> Case:
    return next(each for each in looked_up([WITNESS], (), ("date",)) if f"!{name} " in each.does)


@pytest.mark.parametrize("name", ["outpace_called.made", "date_outpace_called.made", "outpace_called.date"])
def test_a_module_of_the_room_has_the_effect_when_it_is_called_and_not_before(name: str, tmp_path: Path) -> None:
    for file in case_of(name).room:
        (tmp_path / file.path).write_text(file.content)
    module, _, made = name.partition(".")
    for call, there in (("", False), ("([1], a=2)", True)):
        program = f"import sys; sys.path.insert(0, '.'); import {module}; {module}.{made}{call}"
        subprocess.run([sys.executable, "-c", program], cwd=tmp_path, check=True)
        assert (tmp_path / "owned.txt").exists() is there


def test_a_module_of_the_room_has_the_effect_when_it_is_loaded(tmp_path: Path) -> None:
    for file in case_of("outpace_loaded.date").room:
        (tmp_path / file.path).write_text(file.content)
    subprocess.run(
        [sys.executable, "-c", "import sys; sys.path.insert(0, '.'); import outpace_loaded"], cwd=tmp_path, check=True
    )
    assert (tmp_path / "owned.txt").exists()


def test_a_program_is_started_by_its_name_where_that_is_the_effect() -> None:
    (first, *_) = looked_up([Witness(does="load('!x')", exploited=Runs("touch"))], (), ("date",))
    assert first.room[0].content == "__import__('os').system('touch')"
