"""A task is known by what it says."""

from __future__ import annotations

from outpace.proving.tasks import Task

TASK = Task(goal="read() gives no files outside of its folder", editable=("notes.py",))


def test_an_id_stays_the_same_where_tasks_may_say_more_than_this_one_does() -> None:
    """It is of the goal and what may be edited alone, whatever else there is by now."""
    assert TASK.id == Task(goal=TASK.goal, editable=TASK.editable, kind="code-fix", benign=()).id == "task-525a64d4a2"


def test_another_base_is_another_task() -> None:
    ids = {Task(goal=TASK.goal, editable=TASK.editable, base=base).id for base in ("", "a" * 40, "b" * 40)}
    assert len(ids) == 3
