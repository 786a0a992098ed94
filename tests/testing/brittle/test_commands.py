"""The command that shows a condition: it turns the test, in a shell, with pytest alone."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from outpace.testing.brittle.commands import command
from outpace.testing.brittle.records import Flip, Kind, Said
from outpace.testing.brittle.words import condition

RED = Said("failed", "AssertionError: no")
TESTS = """\
import datetime, os, random, sys, threading, time, uuid, warnings

seen = []


def test_twice():
    seen.append(1)
    assert seen == [1]


def test_clock():
    assert (datetime.datetime.now().month, datetime.date.today().month, time.localtime().tm_mon) != (2, 2, 2)


def test_frozen():
    begun = time.time()
    time.perf_counter(), sum(range(1000))
    assert time.time() > begun


def test_fast():
    begun = time.time()
    time.sleep(0.2)
    assert time.time() - begun < 1


def test_listing():
    names = ["b", "c", "a"]
    for name in names:
        open(name, "w").close()
    found = [name for name in os.listdir() if name in names]
    walked = [name for name in next(os.walk("."))[2] if name in names]
    assert (found, walked) != (["c", "b", "a"], ["c", "b", "a"])


def test_random():
    assert random.random() != random.Random(7).random()


def test_uuid():
    assert uuid.uuid4().int


def test_pid():
    assert os.getpid() != 4194303


def test_switch():
    assert sys.getswitchinterval() > 0.001


def test_sleep():
    woken = threading.Event()
    threading.Thread(target=lambda: (time.sleep(0.1), woken.set())).start()
    assert woken.wait(0.5)


def test_warning():
    warnings.warn("old")


def test_optimize():
    assert __debug__


def test_umask():
    assert os.umask(0o022) != 0o077


def test_cpu(real=time.perf_counter):
    begun = real()
    while time.process_time() < 2.0 and real() - begun < 3:
        pass
    assert real() - begun < 2.5

"""


def flip(kind: Kind, settings: dict[str, str], test: str = "t.py::b", *needs: str) -> Flip:
    return Flip(kind=kind, test=test, said=RED, sure=True, settings=settings, needs=needs)


@pytest.mark.parametrize(
    ("flip", "words", "shell"),
    [
        (
            Flip(kind="order", test="t.py::b", said=RED, sure=True, needs=("t.py::a[x y]",)),
            "right after t.py::a[x y]",
            "pytest 't.py::a[x y]' t.py::b",
        ),
        (
            Flip(kind="alone", test="t.py::b", said=RED, sure=True, needs=("t.py::a",)),
            "without t.py::a",
            "pytest t.py::b",
        ),
        (flip("environment", {"set:CI": "true"}), "CI=true", "CI=true pytest t.py::b"),
        (flip("environment", {"unset:USER": ""}), "USER unset", "env -u USER pytest t.py::b"),
        (
            Flip(kind="locale", test="t.py::b", said=RED, sure=True, settings={"locale": "C"}),
            "LC_ALL=C",
            "LC_ALL=C PYTHONUTF8=0 PYTHONCOERCECLOCALE=0 pytest t.py::b",
        ),
        (
            Flip(kind="optimize", test="t.py::b", said=RED, sure=True, settings={"optimize": "1"}),
            "python -O",
            "python -O -m pytest -W ignore::pytest.PytestConfigWarning t.py::b",
        ),
        (
            Flip(kind="directory", test="t.py::b", said=RED, sure=True, settings={"umask": "077"}),
            "umask 077",
            "(umask 077; pytest t.py::b)",
        ),
        (
            Flip(kind="directory", test="t.py::b", said=RED, sure=True, settings={"directory": "elsewhere"}),
            "the working directory elsewhere",
            '(cd /tmp && pytest --rootdir="$OLDPWD" "$OLDPWD"/t.py::b)',
        ),
    ],
)  # fmt: skip
def test_a_condition_has_words_and_a_command(flip: Flip, words: str, shell: str) -> None:
    assert (condition(flip), command(flip, {})) == (words, shell)


@pytest.mark.parametrize(
    ("test", "kind", "settings"),
    [
        ("twice", "twice", {}),
        ("clock", "clock", {"clock": "2028-02-29T23:30:00"}),
        ("frozen", "clock", {"clock": "frozen"}),
        ("fast", "clock", {"clock": "fast"}),
        ("listing", "directory", {"listing": "reversed"}),
        ("random", "randomness", {"random": "7"}),
        ("uuid", "randomness", {"uuid": "00000000-0000-0000-0000-000000000000"}),
        ("pid", "randomness", {"pid": "4194303"}),
        ("switch", "slow", {"switch-interval": "1e-06"}),
        ("sleep", "slow", {"sleep": "10"}),
        ("warning", "warnings", {"warnings": "error"}),
        ("optimize", "optimize", {"optimize": "1"}),
        ("umask", "directory", {"umask": "077"}),
        ("cpu", "slow", {"cpu": "0.1"}),
    ],
)
def test_the_command_turns_the_test(test: str, kind: Kind, settings: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(TESTS)
    told = command(flip(kind, settings, f"test_it.py::test_{test}"), {})
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    env = {"PATH": path, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "TZ": "UTC"}
    done = subprocess.run(["bash", "-c", told], cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
    assert (done.returncode, "1 failed" in done.stdout) == (1, True), done.stdout + done.stderr


@pytest.mark.parametrize(
    ("flip", "shell"),
    [
        (flip("alone", {}), "SHOP_MODE='x y' USER=me pytest t.py::b"),
        (flip("order", {}, "t.py::b", "t.py::a"), "SHOP_MODE='x y' USER=me pytest t.py::a t.py::b"),
        (flip("environment", {"set:USER": "root"}), "SHOP_MODE='x y' USER=root pytest t.py::b"),
        (flip("environment", {"unset:USER": ""}), "env -u USER SHOP_MODE='x y' pytest t.py::b"),
    ],
)
def test_a_command_sets_what_the_project_sets_for_its_tests(flip: Flip, shell: str) -> None:
    assert command(flip, {"SHOP_MODE": "x y", "USER": "me"}) == shell
