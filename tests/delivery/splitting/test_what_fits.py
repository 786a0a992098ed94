"""What is said against a tree whose files do not fit each other."""

from __future__ import annotations

import pytest

from outpace.delivery.splitting.sound import Sound

TABLE = {
    "a file that cannot be read": ({"m.py": "def (:\n"}, {"m.py cannot be read"}),
    "a name that the module does not have": ({"m.py": "def a():\n    return b\n"}, {"m.py has no b"}),
    "a name of Python's own": ({"m.py": "def a():\n    return len\n"}, set[str]()),
    "a name that a function sets for all": ({"m.py": "def a():\n    global b\n    b = 1\n\n\nprint(b)\n"}, set[str]()),
    "an import of what is not there": (
        {"p/m.py": "a = 1\n", "p/n.py": "from p.m import b\n"},
        {"p/n.py imports b from p.m, which has none"},
    ),
    "an import by dots of what is not there": (
        {"p/m.py": "a = 1\n", "p/n.py": "from .m import b\n"},
        {"p/n.py imports b from p.m, which has none"},
    ),
    "an import of what is there": ({"p/m.py": "a = 1\n", "p/n.py": "from p.m import a\n"}, set[str]()),
    "an attribute that a module lacks": (
        {"p/m.py": "a = 1\n", "p/n.py": "import p.m as m\n\nprint(m.b)\n"},
        {"p/n.py takes b from p.m, which has none"},
    ),
    "a module that makes up its names": (
        {"p/m.py": "def __getattr__(name):\n    return 1\n", "p/n.py": "from p.m import b\n"},
        set[str](),
    ),
}


@pytest.mark.parametrize("case", TABLE)
def test_a_tree_is_told_what_does_not_fit(case: str) -> None:
    files, told = TABLE[case]
    assert Sound().complaints(files) == told
