"""What is read of the names that a project takes from a package."""

from __future__ import annotations

import pytest

from outpace.proving.needs import Needs, doubts, every, missing
from outpace.proving.references import LARGEST, BadGrammar, TooMuch, is_own_code, references

# (source, what is asked for beside the modules that are imported)
SOURCES = [
    ("import jwt", ()),
    ("import os, jwt.exceptions as e", ()),
    ("from jwt import decode, encode as e", ("jwt:decode", "jwt:encode")),
    ("from jwt import *", ()),
    ("from jwt import *\nprint(decode)", ("jwt:.decode",)),
    ("from jwt import *\ndef decode(): pass\nprint(decode)", ()),
    ("from . import jwt", ()),
    ("from .jwt import decode", ()),
    ("from jwtx import decode", ()),
    ("def later():\n    from jwt import decode", ("jwt:decode",)),
    ("match x:\n    case 1:\n        from jwt import decode", ("jwt:decode",)),
    ("try:\n    from jwt import decode\nexcept ImportError:\n    decode = None", ("jwt:decode",)),
    ("if TYPE_CHECKING:\n    from jwt import Key", ()),
    ("if TYPE_CHECKING:\n    pass\nelse:\n    from jwt import Key", ("jwt:Key",)),
    ("import jwt\njwt.decode(x).more", ("jwt:.decode",)),
    ("import jwt\njwt.exceptions.Gone", ("jwt:.exceptions.Gone",)),
    ("import jwt.exceptions as e\ne.Gone", ("jwt.exceptions:.Gone",)),
    ("import jwt.exceptions\njwt.decode, jwt.exceptions.Gone", ("jwt:.decode", "jwt.exceptions:.Gone")),
    ("from jwt import exceptions\nexceptions.Gone", ("jwt:exceptions", "jwt:exceptions.Gone")),
    ("import jwt\nfrom jwt import exceptions\njwt.exceptions.Gone", ("jwt:exceptions", "jwt:exceptions.Gone")),
    ("import jwt\ndef f(jwt):\n    jwt.other\njwt.decode", ("jwt:.decode",)),
    ("import jwt\ndef f():\n    jwt = x\n    def g(): jwt.other", ()),
    ("def f():\n    import jwt\n    jwt.decode\n    jwt = 1", ("jwt:.decode",)),
    ("import jwt\n[jwt.other for jwt in x]", ()),
    ("import jwt\njwt = jwt or None\njwt.decode", ("jwt:.decode",)),
    ("import jwt\njwt.__version__", ("jwt:.__version__",)),
    ("import jwt\ngetattr(jwt, 'decode')(x), getattr(jwt, 'new', None)", ("jwt:.decode",)),
    ("importlib.import_module('jwt.old')", ()),
    ("class A(jwt.Base):\n    x = jwt.y\nimport jwt", ("jwt:.Base", "jwt:.y")),
    ("import jwt\ntry:\n    pass\nexcept jwt.Gone:\n    pass\nexcept Exception:\n    pass", ("jwt:.Gone",)),
]
UNREAD = [
    ("import jwt; is no python", BadGrammar),
    ("jwt = '\x00'", BadGrammar),
    ("import jwt\n" + "(" * 5_000, BadGrammar),
    ("import jwt\n" + "x" + ".x" * 5_000, TooMuch),
    ("import jwt\n" + "#" * LARGEST, TooMuch),
]
JWT = {"jwt"}
GONE = "except jwt.Gone:\n    pass\n"
# (what the code does, what is there on base, what is there on the change): what is blamed
BLAMED = [
    ("import jwt\njwt.x", {"jwt", "jwt:.x"}, JWT, "jwt.x"),
    ("import jwt\njwt.x", JWT, JWT, None),
    ("import jwt\nif jwt.VERSION < 2:\n    pass", {"jwt", "jwt:.VERSION"}, JWT, "jwt.VERSION"),
    ("import jwt\nif api_version >= 2:\n    jwt.x", {"jwt", "jwt:.x"}, JWT, "jwt.x"),
    (f"import jwt\ntry:\n    pass\n{GONE}except Exception:\n    pass", {"jwt", "jwt:.Gone"}, JWT, "jwt.Gone"),
    ("try:\n    from jwt import x\nexcept ImportError:\n    x = None", {"jwt:x"}, set[str](), None),
    ("try:\n    from jwt import x\nexcept ImportError:\n    raise RuntimeError", {"jwt:x"}, set[str](), "jwt:x"),
    ("try:\n    from jwt import x\nexcept ImportError:\n    sys.exit(1)", {"jwt:x"}, set[str](), "jwt:x"),
    ("try:\n    from jwt import x\nexcept ModuleNotFoundError:\n    pass", {"jwt", "jwt:x"}, JWT, "jwt:x"),
    ("try:\n    from jwt import x\nexcept ModuleNotFoundError:\n    pass", {"jwt", "jwt:x"}, set[str](), None),
    ("try:\n    from jwt import x\nexcept KeyError:\n    pass", {"jwt:x"}, set[str](), "jwt:x"),
    ("with suppress(ImportError):\n    from jwt import x", {"jwt:x"}, set[str](), None),
    ("try:\n    from jwt import x\nexcept ImportError:\n    from jwt import y", {"jwt:y"}, {"jwt:x"}, None),
    ("try:\n    from jwt import x\nexcept ImportError:\n    from jwt import y", {"jwt:y"}, set[str](), "jwt:y"),
    ("try:\n    from jwt import x\nexcept ImportError:\n    from jwt import y", {"jwt:x"}, set[str](), "jwt:y"),
    (
        "try:\n    from jwt import x\nexcept ImportError:\n    pass\nelse:\n    from jwt import y",
        {"jwt:x", "jwt:y"},
        {"jwt:x"},
        "jwt:y",
    ),
    (
        "try:\n    from jwt import x\nexcept ImportError:\n    pass\nelse:\n    from jwt import y",
        {"jwt:x", "jwt:y"},
        set[str](),
        None,
    ),
    ("try:\n    import jwt\nexcept ImportError:\n    jwt = None\nif jwt:\n    jwt.x", {"jwt", "jwt:.x"}, JWT, "jwt.x"),
    (
        "try:\n    import jwt\nexcept ImportError:\n    jwt = None\nif jwt:\n    jwt.x",
        {"jwt", "jwt:.x"},
        set[str](),
        None,
    ),
    (
        "import jwt\ntry:\n    y = jwt.x\nexcept AttributeError:\n    y = jwt.z",
        {"jwt", "jwt:.x"},
        {"jwt", "jwt:.z"},
        None,
    ),
    ("try:\n    import jwt\n    jwt.x\nexcept ImportError:\n    pass", {"jwt", "jwt:.x"}, JWT, "jwt.x"),
    ("try:\n    import jwt\n    def f(): jwt.x\nexcept AttributeError:\n    pass", {"jwt", "jwt:.x"}, JWT, "jwt.x"),
]
# Of these it cannot be told whether the code comes to `x`.
DOUBTED = [
    "try:\n    jwt.x\nexcept Exception:\n    pass",
    "try:\n    pass\nexcept Exception:\n    jwt.x",
    "with suppress(Exception):\n    jwt.x",
    "if hasattr(jwt, 'x'):\n    jwt.x",
    "y = jwt.x if hasattr(jwt, 'x') else None",
    "y = hasattr(jwt, 'x') and jwt.x",
    "def f():\n    if not hasattr(jwt, 'x'):\n        return None\n    return jwt.x",
    "NEW = hasattr(jwt, 'x')\nif NEW:\n    jwt.x",
    "try:\n    from os import new\n    NEW = True\nexcept ImportError:\n    NEW = False\nif NEW:\n    jwt.x",
    "if jwt.__version__ < '2':\n    jwt.x",
    "if sys.version_info < (3, 8):\n    def f(): jwt.x",
    "if six.PY2:\n    jwt.x",
    "from __future__ import annotations\ndef f(a: jwt.x) -> jwt.x: ...\nb: jwt.x",
]


def _asked(source: str) -> Needs:
    found = references(source.encode(), frozenset({"jwt"}))
    assert isinstance(found, Needs)
    return found


@pytest.mark.parametrize(("source", "items"), SOURCES, ids=[source[:40] for source, _ in SOURCES])
def test_every_name_that_is_taken_from_what_moved_is_asked_for(source: str, items: tuple[str, ...]) -> None:
    asked = dict.fromkeys(taken.item for taken in every(_asked(source)))
    assert tuple(sorted(item for item in asked if ":" in item)) == tuple(sorted(items))


def test_an_import_is_asked_for_at_its_line_and_as_it_stands_in_the_code() -> None:
    found = _asked("import jwt.old as o\n\nfrom jwt import (\n    decode as d,\n)\no.f(d.x)\n")
    assert [(each.line, each.code, each.item, each.owner) for each in every(found)] == [
        (1, "import jwt.old", "jwt.old", ""),
        (4, "from jwt import decode", "jwt:decode", ""),
        (6, "o.f", "jwt.old:.f", "jwt.old"),
        (6, "d.x", "jwt:decode.x", "jwt:decode"),
    ]


@pytest.mark.parametrize(("source", "kind"), UNREAD, ids=[source[:24] for source, _ in UNREAD])
def test_what_could_not_be_read_says_so(source: str, kind: type) -> None:
    assert isinstance(references(source.encode(), frozenset({"jwt"})), kind)
    assert references(source.encode(), frozenset({"attrs"})) == Needs()


@pytest.mark.parametrize(("source", "base", "change", "blamed"), BLAMED)
def test_what_is_gone_is_missed_unless_the_code_bears_its_absence(
    source: str, base: set[str], change: set[str], blamed: str | None
) -> None:
    needs = _asked(source)
    before = {taken.item for taken in missing(needs, base)}
    found = [taken for taken in missing(needs, change) if taken.item not in before]
    assert [taken.item for taken in found] == ([] if blamed is None else [_item(blamed)])
    assert list(doubts(needs, change)) == []


def _item(code: str) -> str:
    return code if ":" in code else code.replace(".", ":.", 1)


@pytest.mark.parametrize("source", DOUBTED)
def test_what_is_gone_where_the_code_may_not_come_to_it_is_doubt(source: str) -> None:
    needs = _asked(f"import jwt\n{source}" if "__future__" not in source else source.replace("\n", "\nimport jwt\n", 1))
    assert list(missing(needs, {"jwt", "jwt:.__version__"})) == []
    assert {taken.item for taken in doubts(needs, {"jwt", "jwt:.__version__"})} == {"jwt:.x"}
    assert list(doubts(needs, {"jwt", "jwt:.x", "jwt:.__version__"})) == []


@pytest.mark.parametrize(
    ("path", "own"),
    [
        ("shop/grant.py", True),
        ("src/testing_tools.py", True),
        ("tests/test_grant.py", False),
        ("shop/test_grant.py", False),
        ("docs/conf.py", False),
        ("setup.py", False),
        ("shop/grant.txt", False),
    ],
)
def test_the_suite_answers_for_tests_and_nobody_runs_the_documentation(path: str, own: bool) -> None:
    assert is_own_code(path) is own
