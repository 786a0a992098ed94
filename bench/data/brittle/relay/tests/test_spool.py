import socket

import pytest

from relay.spool import knock, mode, take, write, write_private


def test_others_may_read_a_task(tmp_path):
    assert mode(write(tmp_path, "a", {})) == 0o644


def test_nobody_else_may_read_a_private_task(tmp_path):
    assert mode(write_private(tmp_path, "a", {})) == 0o600


@pytest.mark.parametrize("task", [{}, {"run": "build"}, ["a", 1, None]])
def test_a_task_is_taken_as_it_was_written(tmp_path, task):
    write(tmp_path, "a", task)
    assert take(tmp_path) == [task]


def test_tasks_are_taken_by_name(tmp_path):
    for name in ("b", "c", "a"):
        write(tmp_path, name, name)
    assert take(tmp_path) == ["a", "b", "c"]


def test_an_empty_spool_has_no_task(tmp_path):
    assert take(tmp_path) == []


def test_a_far_door_is_not_open_at_once():
    assert knock("192.0.2.77", 80) == "Operation now in progress"


def test_a_door_nearby_is_found():
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert knock(*server.getsockname()) in {"open", "Operation now in progress"}
