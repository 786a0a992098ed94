"""What is for development only, or left: a lock file told by its name and its folders, a group by its name."""

from __future__ import annotations

import posixpath
import re

_WORD = (
    r"dev|develop|development|tests?|testing|docs?|documentation|lint(?:ing|ers?)?|typing|mypy|bench(?:marks?)?"
    r"|coverage|ci"
)
_FOLDER = re.compile(
    r"(?:\.?ci|\.github|\.gitlab|\.circleci|\.devcontainer|tests?|testing|docs?|documentation|examples?|samples?|demos?|fixtures?|testdata|test[-_]data|mocks?"
    r"|integration[-_]tests?|e2e|benchmarks?|bench|__tests__|cookbook|tutorials?)\Z",
    re.IGNORECASE,
)
_IN_NAME = re.compile(rf"(?:^|[-_.])(?:{_WORD})[0-9.]*(?:[-_.]|$)", re.IGNORECASE)
_LEFT = re.compile(
    r"(?:^|[-_. (])(?:old|bak|obsolete|orig(?:inal)?|saved?|copy[ 0-9]*|deprecated|disabled|unused|outdated)"
    r"(?:[-_. )]|$)"
    r"|\.backup(?:\.|$)|~$| \([0-9]+\)",  # a name with `-backup` may as well be of what makes backups
    re.IGNORECASE,
)
_LEFT_FOLDER = re.compile(r"(?:old|bak|obsolete|attic|deprecated|unused)\Z", re.IGNORECASE)
_GROUP = re.compile(rf"(?:.*[-_.])?(?:{_WORD})(?:[-_.].*)?\Z", re.IGNORECASE | re.DOTALL)


def is_for_development(path: str) -> bool:
    """A lock of tests, documents, examples or tools, or one that was left: what it pins does not run in production.

    A guess from names alone: a group of packages within one lock is judged by its scanner.
    """
    folder, name = posixpath.split(path)
    folders = folder.split("/")
    if any(map(_FOLDER.match, folders)) or any(map(_LEFT_FOLDER.match, folders)):
        return True
    return _IN_NAME.search(name.rpartition(".")[0]) is not None or _LEFT.search(name) is not None


def is_development_group(name: str) -> bool:
    return len(name) < 200 and _GROUP.match(name) is not None
