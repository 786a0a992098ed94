"""Each vulnerability is followed through the lock files of a history as the rules say."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.app.lock_histories import (
    ASKED,
    BAD,
    BROKEN,
    END,
    GONE,
    GOOD,
    LOCK,
    OTHER,
    UV_BAD,
    UV_GOOD,
    brief,
    history,
    rows,
)
from tests.fakes.told_histories import Row

RULES: Mapping[str, tuple[list[Row], tuple[str, str, list[tuple[float, float | None]], str] | None]] = {
    "affected at publication is reactive, and closed by what lands the fix": (
        rows((0, {LOCK: BAD}), (40, {LOCK: GOOD})),
        ("reactive", "fixed", [(30, 40)], "c1"),
    ),
    "past the fix before publication is immune": (
        rows((0, {LOCK: BAD}), (20, {LOCK: GOOD})),
        ("immune", "immune", [], ""),
    ),
    "the landing at the very time of publication counts": (
        rows((0, {LOCK: BAD}), (30, {LOCK: GOOD})),
        ("immune", "immune", [], ""),
    ),
    "come in affected after publication is adopted, and its clock begins then": (
        rows((0, {LOCK: GONE}), (50, {LOCK: BAD}), (60, {LOCK: GOOD})),
        ("adopted", "fixed", [(50, 60)], "c2"),
    ),
    "a lock file that begins after publication adopts what it holds": (
        rows((50, {LOCK: BAD})),
        ("adopted", "open", [(50, None)], ""),
    ),
    "come in past the fix is nothing": (rows((0, {LOCK: GONE}), (50, {LOCK: GOOD})), None),
    "gone before publication is nothing": (rows((0, {LOCK: BAD}), (20, {LOCK: GONE})), None),
    "never there is nothing": (rows((0, {LOCK: GONE})), None),
    "still affected is open": (rows((0, {LOCK: BAD})), ("reactive", "open", [(30, None)], "")),
    "no longer there is removed": (
        rows((0, {LOCK: BAD}), (40, {LOCK: GONE})),
        ("reactive", "removed", [(30, 40)], "c1"),
    ),
    "a later bump does not move the fix": (
        rows((0, {LOCK: BAD}), (40, {LOCK: GOOD}), (50, {LOCK: "acme==1.2\n"})),
        ("reactive", "fixed", [(30, 40)], "c1"),
    ),
    "a revert opens again, and the lasting fix is the last": (
        rows((0, {LOCK: BAD}), (32, {LOCK: GOOD}), (34, {LOCK: BAD}), (44, {LOCK: GOOD})),
        ("reactive", "fixed", [(30, 32), (34, 44)], "c3"),
    ),
    "immune and then taken back is adopted": (
        rows((0, {LOCK: GOOD}), (40, {LOCK: BAD}), (45, {LOCK: GOOD})),
        ("adopted", "fixed", [(40, 45)], "c2"),
    ),
    "a moved file fixes nothing": (
        rows((0, {LOCK: BAD}), (40, {LOCK: None, OTHER: BAD}), (50, {OTHER: GOOD})),
        ("reactive", "fixed", [(30, 50)], "c2"),
    ),
    "another kind of lock beside it fixes nothing until the last that is affected is gone": (
        rows((0, {LOCK: BAD}), (40, {"uv.lock": UV_GOOD}), (50, {LOCK: None})),
        ("reactive", "fixed", [(30, 50)], "c2"),
    ),
    "affected as long as one of two files is": (
        rows((0, {LOCK: BAD, OTHER: BAD}), (40, {LOCK: GOOD}), (50, {OTHER: GOOD})),
        ("reactive", "fixed", [(30, 50)], "c2"),
    ),
    "a lock that cannot be read in between interrupts nothing": (
        rows((0, {LOCK: BAD}), (40, {LOCK: BROKEN}), (45, {LOCK: BAD}), (50, {LOCK: GOOD})),
        ("reactive", "fixed", [(30, 50)], "c3"),
    ),
    "published while the lock could not be read, between two that are affected, is reactive": (
        rows((0, {LOCK: BAD}), (25, {LOCK: BROKEN}), (45, {LOCK: BAD}), (50, {LOCK: GOOD})),
        ("reactive", "fixed", [(30, 50)], "c3"),
    ),
    "a lock that cannot be read and then is fixed closes when it can be read": (
        rows((0, {LOCK: BAD}), (40, {LOCK: BROKEN}), (45, {LOCK: GOOD})),
        ("reactive", "fixed", [(30, 45)], "c2"),
    ),
    "a lock that cannot be read any more leaves it unknown": (
        rows((0, {LOCK: BAD}), (40, {LOCK: BROKEN})),
        ("reactive", "unknown", [(30, None)], ""),
    ),
    "published while it cannot be told, and never affected, is unknown": (
        rows((0, {LOCK: BAD}), (25, {LOCK: BROKEN}), (45, {LOCK: GOOD})),
        ("unknown", "unknown", [], ""),
    ),
    "a lock that cannot be read and is removed leaves the others to tell": (
        rows((0, {LOCK: BAD, OTHER: GONE}), (40, {LOCK: BROKEN}), (45, {LOCK: None})),
        ("reactive", "removed", [(30, 45)], "c2"),
    ),
    "a lock that cannot be read beside one that is affected is affected": (
        rows((0, {LOCK: BAD, OTHER: BAD}), (40, {LOCK: BROKEN}), (45, {LOCK: GOOD}), (50, {OTHER: GOOD})),
        ("reactive", "fixed", [(30, 50)], "c3"),
    ),
    "a lock that cannot be read and is moved stays unknown": (
        rows((0, {LOCK: BAD, "a/requirements.txt": GONE}), (40, {LOCK: BROKEN}), (42, {LOCK: None, OTHER: BROKEN})),
        ("reactive", "unknown", [(30, None)], ""),
    ),
    "immune at publication is not called so today when its lock cannot be read any more": (
        rows((0, {LOCK: GOOD}), (40, {LOCK: BROKEN})),
        ("immune", "unknown", [], ""),
    ),
    "a file that ends in the middle of a name which went on is cut off, and nothing that it lacks is removed": (
        rows((0, {LOCK: BAD}), (40, {LOCK: "other==1\nac"})),
        ("reactive", "unknown", [(30, None)], ""),
    ),
    "a file that ends in the middle of a version which went on is cut off, and says no version": (
        rows((0, {LOCK: "other==1\nacme==1.0.1\n"}), (40, {LOCK: "other==1\nacme==1"})),
        ("reactive", "unknown", [(30, None)], ""),
    ),
    "what stood behind the place where a file is cut off is not removed": (
        rows((0, {LOCK: "other==1\nacme==1.0\n"}), (40, {LOCK: "oth"})),
        ("reactive", "unknown", [(30, None)], ""),
    ),
    "a file that was cut off and is whole again interrupts nothing": (
        rows((0, {LOCK: BAD}), (40, {LOCK: "other==1\nac"}), (42, {LOCK: "other==1\nacm"}), (50, {LOCK: GOOD})),
        ("reactive", "fixed", [(30, 50)], "c3"),
    ),
    "a last line that nothing ends and that no line began with is whole": (
        rows((0, {LOCK: BAD}), (40, {LOCK: "other==1\nbeta"})),
        ("reactive", "removed", [(30, 40)], "c1"),
    ),
    "a last line that nothing ended before either is whole": (
        rows((0, {LOCK: "other==1\nacme==1.0.1"}), (40, {LOCK: "other==1\nacme==1.0"})),
        ("reactive", "open", [(30, None)], ""),
    ),
    "a requirements file moved to a name that is no lock's goes on there, since pip reads any": (
        rows((0, {LOCK: BAD, OTHER: GONE}), (40, {LOCK: None, "reqs.txt": BAD}), (50, {"reqs.txt": GOOD})),
        ("reactive", "fixed", [(30, 50)], "c2"),
    ),
    "moved from name to name that are no lock's, it goes on": (
        rows(
            (0, {LOCK: BAD}),
            (40, {LOCK: None, "reqs.txt": BAD}),
            (45, {"reqs.txt": None, "deploy/prod.pip": BAD}),
            (50, {"deploy/prod.pip": GOOD}),
        ),
        ("reactive", "fixed", [(30, 50)], "c3"),
    ),
    "moved to a name that says it was left is unknown": (
        rows((0, {LOCK: BAD, OTHER: GONE}), (40, {LOCK: None, "requirements.txt.bak": BAD})),
        ("reactive", "unknown", [(30, None)], ""),
    ),
    "a lock that its tool finds by its name alone is unknown under another": (
        rows((0, {"uv.lock": UV_BAD, OTHER: GONE}), (40, {"uv.lock": None, "uv.lock.txt": UV_BAD})),
        ("reactive", "unknown", [(30, None)], ""),
    ),
    "moved to where development's files are while another lock stays is not removed": (
        rows((0, {LOCK: BAD, OTHER: GONE}), (40, {LOCK: None, "docs/requirements.txt": BAD})),
        ("reactive", "unknown", [(30, None)], ""),
    ),
    "moved to where development's files are is not fixed by another lock that was safe all the time": (
        rows((0, {LOCK: BAD, OTHER: GOOD}), (40, {LOCK: None, "docs/reqs.txt": BAD})),
        ("reactive", "unknown", [(30, None)], ""),
    ),
    "moved to where development's files are and back is followed": (
        rows(
            (0, {LOCK: BAD, OTHER: GONE}),
            (40, {LOCK: None, "docs/reqs.txt": BAD}),
            (45, {LOCK: BAD}),
            (50, {LOCK: GOOD}),
        ),
        ("reactive", "fixed", [(30, 50)], "c3"),
    ),
    "moved to a name that is no lock's and on to one that is, is followed": (
        rows(
            (0, {LOCK: BAD, OTHER: GONE}),
            (40, {LOCK: None, "reqs.txt": BAD}),
            (45, {"reqs.txt": None, "api/requirements.txt": BAD}),
            (50, {"api/requirements.txt": GOOD}),
        ),
        ("reactive", "fixed", [(30, 50)], "c3"),
    ),
    "moved away when another lock comes in its place leaves that to tell": (
        rows((0, {LOCK: BAD, OTHER: GONE}), (40, {LOCK: None, "old/reqs.txt": BAD, "uv.lock": UV_GOOD})),
        ("reactive", "fixed", [(30, 40)], "c1"),
    ),
    "moved away when it was safe already takes nothing back": (
        rows((0, {LOCK: BAD, OTHER: GONE}), (35, {LOCK: GOOD}), (40, {LOCK: None, "reqs.txt": GOOD})),
        ("reactive", "fixed", [(30, 35)], "c1"),
    ),
    "published after its lock was moved away is nothing": (
        rows((0, {LOCK: BAD, OTHER: GONE}), (20, {LOCK: None, "docs/reqs.txt": BAD})),
        None,
    ),
    "a pin that becomes a bare name is unpinned": (
        rows((0, {LOCK: BAD}), (40, {LOCK: "acme\nother==1\n"})),
        ("reactive", "unpinned", [(30, None)], ""),
    ),
    "a pin that becomes a range of affected and fixed versions is unpinned": (
        rows((0, {LOCK: BAD}), (40, {LOCK: "acme>=1.0\nother==1\n"})),
        ("reactive", "unpinned", [(30, None)], ""),
    ),
    "a range that allows fixed versions alone is a fix": (
        rows((0, {LOCK: BAD}), (40, {LOCK: "acme>=1.1\nother==1\n"})),
        ("reactive", "fixed", [(30, 40)], "c1"),
    ),
    "a range that allows affected versions alone is no fix": (
        rows((0, {LOCK: BAD}), (40, {LOCK: "acme<1.1\nother==1\n"})),
        ("reactive", "open", [(30, None)], ""),
    ),
    "a pin that becomes a fork is unknown": (
        rows((0, {LOCK: BAD}), (40, {LOCK: "acme @ git+https://forge.example.invalid/acme.git\nother==1\n"})),
        ("reactive", "unknown", [(30, None)], ""),
    ),
    "the last lock file of its ecosystem deleted leaves it unknown": (
        rows((0, {LOCK: BAD}), (40, {LOCK: None})),
        ("reactive", "unknown", [(30, None)], ""),
    ),
    "the last lock file emptied leaves it unknown": (
        rows((0, {LOCK: BAD}), (40, {LOCK: "# see setup.py\n"})),
        ("reactive", "unknown", [(30, None)], ""),
    ),
    "no lock file for a while interrupts nothing": (
        rows((0, {LOCK: BAD}), (40, {LOCK: None}), (45, {"uv.lock": UV_GOOD.replace("1.1", "1.0")})),
        ("reactive", "open", [(30, None)], ""),
    ),
    "no lock file for a while, and then one without it, is removed": (
        rows((0, {LOCK: BAD}), (40, {LOCK: None}), (45, {OTHER: GONE})),
        ("reactive", "removed", [(30, 45)], "c2"),
    ),
    "published when there was no lock file any more is nothing": (
        rows((0, {LOCK: BAD}), (20, {LOCK: None})),
        None,
    ),
    "a file for development alone does not count": (
        rows((0, {"requirements-dev.txt": BAD, LOCK: GONE})),
        None,
    ),
    "an included file of another name counts": (
        rows((0, {LOCK: "-r deps/base.list\n", "deps/base.list": BAD}), (40, {"deps/base.list": GOOD})),
        ("reactive", "fixed", [(30, 40)], "c1"),
    ),
    "a constraint pins a bare name that its includer asks for": (
        rows((0, {LOCK: "-c pins.txt\nacme\n", "pins.txt": BAD}), (40, {"pins.txt": GOOD})),
        ("reactive", "fixed", [(30, 40)], "c1"),
    ),
    "what leaves a lock file and is asked for by name is unpinned": (
        rows((0, {LOCK: BAD, OTHER: GONE}), (40, {LOCK: None, "pyproject.toml": ASKED})),
        ("reactive", "unpinned", [(30, None)], ""),
    ),
    "what leaves a requirements file that stays and was asked for all the time is unpinned": (
        rows((0, {LOCK: BAD, "requirements.in": "acme\n"}), (40, {LOCK: GONE})),
        ("reactive", "unpinned", [(30, None)], ""),
    ),
    "asked for in a range of fixed versions alone is a fix": (
        rows((0, {LOCK: BAD, OTHER: GONE}), (40, {LOCK: None, "pyproject.toml": ASKED.replace("acme", "acme>=1.1")})),
        ("reactive", "fixed", [(30, 40)], "c1"),
    ),
    "asked for in a range of affected versions alone is no fix": (
        rows((0, {LOCK: BAD, OTHER: GONE}), (40, {LOCK: None, "Pipfile": '[packages]\nacme = "<1.1"\n'})),
        ("reactive", "open", [(30, None)], ""),
    ),
    "asked for without a pin until a lock holds it again is open until then": (
        rows(
            (0, {LOCK: BAD}),
            (40, {LOCK: GONE, "setup.cfg": "[options]\ninstall_requires =\n    acme\n"}),
            (50, {LOCK: GOOD}),
        ),
        ("reactive", "fixed", [(30, 50)], "c2"),
    ),
    "what another folder asks for, or development does, is not asked for here": (
        rows(
            (0, {"a/requirements.txt": BAD}),
            (
                40,
                {
                    "a/requirements.txt": GONE,
                    "b/setup.py": "from setuptools import setup\nsetup(install_requires=['acme'])\n",
                    "pyproject.toml": '[dependency-groups]\ndev = ["acme"]\n',
                },
            ),
        ),
        ("reactive", "removed", [(30, 40)], "c1"),
    ),
    "what leaves a compiled file is not asked for, whatever else a project names": (
        rows(
            (0, {LOCK: f"# via x\n{BAD}", "setup.cfg": "[options]\ninstall_requires = acme\n"}),
            (40, {LOCK: f"# via x\n{GONE}"}),
        ),
        ("reactive", "removed", [(30, 40)], "c1"),
    ),
    "asked for when no lock was affected is nothing": (
        rows((0, {LOCK: GOOD, "pyproject.toml": ASKED}), (20, {LOCK: GONE})),
        None,
    ),
    "a pin elsewhere does not decide for a bare name": (
        rows((0, {LOCK: BAD, OTHER: BAD}), (40, {LOCK: GOOD, OTHER: "acme\n"})),
        ("reactive", "unpinned", [(30, None)], ""),
    ),
    "a bare name that was in another file all the time does not undo a fix": (
        rows((0, {LOCK: BAD, OTHER: "acme\n"}), (40, {LOCK: GOOD})),
        ("reactive", "fixed", [(30, 40)], "c1"),
    ),
    "a bare name alone is left when the file that was affected is gone": (
        rows((0, {LOCK: BAD, OTHER: "acme\nother==1\n"}), (40, {LOCK: None})),
        ("reactive", "unpinned", [(30, None)], ""),
    ),
    "what has not landed by then does not count": (
        rows((0, {LOCK: BAD}), (END + 1, {LOCK: GOOD})),
        ("reactive", "open", [(30, None)], ""),
    ),
    "what was undone in no time did not happen": (
        rows((0, {LOCK: BAD}), (40, {LOCK: GOOD}), (40, {LOCK: BAD}), (50, {LOCK: GOOD})),
        ("reactive", "fixed", [(30, 50)], "c3"),
    ),
}


@pytest.mark.parametrize("rule", RULES)
def test_it_is_told_as_the_rule_says(rule: str) -> None:
    told, expected = RULES[rule]
    items = history(told).items
    assert [brief(item) for item in items] == ([] if expected is None else [expected])
