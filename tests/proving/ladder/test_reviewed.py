"""What a reviewer slipped through: guards that went elsewhere, texts that are no texts, tasks that cannot be tried."""

from __future__ import annotations

import pytest

from outpace.app.task_book import from_file
from outpace.model.errors import BadInput
from outpace.model.proof import CheckUndecided, Failed, Passed, Skipped
from outpace.proving.ladder.cases import Leaks, Witness
from outpace.proving.ladder.exercised import Missed, judge_taken, taken
from outpace.proving.ladder.other_types import of_other_types
from outpace.proving.ladder.patch import Patch, PatchedFile
from outpace.proving.ladder.variants import variants

BEFORE = b"def read(name):\n    return name\n\n\ndef enter(who):\n    if who is None:\n        raise ValueError(who)\n"
AFTER = b"def read(name):\n    return name\n\n\ndef enter(who):\n    pass\n"
GONE = Patch(files=(PatchedFile(path="door.py", before=BEFORE, after=AFTER),))
TASK = """goal = "g"
editable = ["a.py"]
[[witnesses]]
setup = ""
does = {does}
exploited = {{type = "leaks", text = "x"}}
"""


def test_code_that_is_taken_away_has_to_have_run_on_base() -> None:
    assert taken(GONE) == {"door.py": (6, 7)}
    missed = (Missed(path="door.py", line=7),)
    why = "it takes away code that no test and no case runs on base: door.py:7"
    assert judge_taken(GONE, missed) == Failed(why)
    assert isinstance(judge_taken(GONE, ()), Passed)
    assert isinstance(judge_taken(GONE, None), CheckUndecided)
    assert isinstance(judge_taken(Patch(files=()), None), Skipped)


def test_each_text_is_tried_as_a_path_and_as_bytes() -> None:
    made = set(of_other_types("read('../a{b}', 2)"))
    assert "read(__import__('pathlib').PurePosixPath('../a{b}'), 2)" in made
    assert "read('../a{b}'.encode(), 2)" in made
    assert list(of_other_types("'x'.join(y)")) == []


def test_an_absolute_path_to_what_leaked_is_among_the_variants() -> None:
    witness = Witness(setup="", does="read('../secret.txt')", exploited=Leaks("canary"))
    assert "read('{room}/secret.txt')" in {each.does for each in variants([witness])}


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (TASK.format(does='"read(\'"'), "of its witnesses cannot be read"),
        (TASK.format(does='"read()"') + '[[room]]\npath = "../out"\n', "leads out of the room"),
        ("lines = -1\n" + TASK.format(does='"read()"'), "lets nothing be changed"),
    ],
)
def test_a_task_that_could_not_be_tried_is_refused_when_it_is_given(content: str, told: str) -> None:
    with pytest.raises(BadInput) as caught:
        from_file(content.encode(), "fix.toml", "0" * 40)
    assert told in caught.value.message
