"""What is read of the names that a project takes from a package."""

from __future__ import annotations

import pytest

from outpace.proving.references import LARGEST, is_own_code, references, said

SOURCES = [
    ("import jwt", (("jwt", 1),)),
    ("import os, jwt.exceptions as e", (("jwt.exceptions", 1),)),
    ("from jwt import decode, encode as e", (("jwt:decode", 1), ("jwt:encode", 1))),
    ("from jwt import *", (("jwt", 1),)),
    ("from . import jwt", ()),
    ("from .jwt import decode", ()),
    ("from jwtx import decode", ()),
    ("def later():\n    from jwt import decode", (("jwt:decode", 2),)),
    ("class A:\n    with x:\n        from jwt import decode", (("jwt:decode", 3),)),
    ("match x:\n    case 1:\n        from jwt import decode", (("jwt:decode", 3),)),
    ("try:\n    from jwt import decode\nexcept ImportError:\n    decode = None", ()),
    ("try:\n    from jwt import decode\nexcept (KeyError, ImportError):\n    pass", ()),
    ("try:\n    from jwt import decode\nexcept KeyError:\n    pass", (("jwt:decode", 2),)),
    ("if TYPE_CHECKING:\n    from jwt import Key", ()),
    ("if jwt.__version__ < '2':\n    from jwt import old\nelse:\n    from jwt import new", ()),
    ("import jwt\njwt.decode(x).more", (("jwt", 1), ("jwt:decode", 2))),
    ("import jwt.exceptions as e\ne.Gone", (("jwt.exceptions", 1), ("jwt.exceptions:Gone", 2))),
    ("import jwt.exceptions\njwt.decode", (("jwt.exceptions", 1), ("jwt:decode", 2))),
    ("import jwt\ndef f(jwt):\n    jwt.other", (("jwt", 1),)),
    ("import jwt\njwt = None\njwt.other", (("jwt", 1),)),
    ("import jwt\njwt.__version__", (("jwt", 1),)),
    ("import jwt\nx = jwt.new if hasattr(jwt, 'new') else jwt.old", (("jwt", 1),)),
    ("import jwt\ntry:\n    jwt.new\nexcept AttributeError:\n    pass", (("jwt", 1),)),
    ("if debug:\n    from jwt import decode", (("jwt:decode", 2),)),
    ("import jwt; is no python", ()),
    ("jwt = '\x00'", ()),
    ("import jwt\n" + "(" * 5_000, ()),
    ("import jwt\n" + "#" * LARGEST, ()),
]


@pytest.mark.parametrize(("source", "found"), SOURCES, ids=[source[:40] for source, _ in SOURCES])
def test_imports_of_what_moved_are_found_unless_the_code_bears_their_absence(
    source: str, found: tuple[tuple[str, int], ...]
) -> None:
    assert references(source.encode(), frozenset({"jwt"})) == found


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


def test_an_import_is_said_as_it_stands_in_the_code() -> None:
    assert (said("jwt"), said("jwt:decode")) == ("import jwt", "from jwt import decode")
