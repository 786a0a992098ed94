"""Whether a change stays within what its task allows: these paths, so many lines, plain files."""

from __future__ import annotations

import posixpath
import re
from functools import lru_cache

from msgspec import Struct

from outpace.model.proof import Failed, Passed, Result
from outpace.model.words import counted
from outpace.proving.ladder.patch import LINK, PROGRAM, SUBMODULE, Patch, PatchedFile

LINES = 60
LARGEST_FILE = 1 << 20
WILD = {"**/": r"(?:.*/)?", "**": r".*", "*": r"[^/]*", "?": r"[^/]"}
KINDS = {LINK: "a link", SUBMODULE: "a submodule"}
TESTS = ("**/conftest.py", "**/tests/**", "**/test/**", "**/test_*.py", "**/*_test.py")
ANALYZED = (
    "**/ruff.toml", "**/.ruff.toml", "**/.flake8", "**/.bandit", "**/bandit.y*ml", "**/.semgrep*", "**/.semgrep/**",
    "**/mypy.ini", "**/.mypy.ini", "**/*pylintrc*", "**/pyrightconfig.json", "**/.gitignore", "**/*.sarif*",
)  # fmt: skip
PROTECTED = (
    (("**/.github/**", "**/.gitlab/**", "**/.circleci/**", "**/.gitlab-ci.yml", "**/Jenkinsfile"), "part of the CI"),
    (("**/.git/**", "**/.gitmodules", "**/.gitattributes"), "read by git"),
    (TESTS, "a test"),
    (("**/pytest.ini", "**/tox.ini", "**/setup.cfg", "**/noxfile.py"), "settings of the tests"),
    (("**/pyproject.toml", "**/setup.py", "**/*.lock", "**/requirements*.txt", "**/package*.json"), "of dependencies"),
    (("**/sitecustomize.py", "**/usercustomize.py", "**/*.pth"), "run at each start of Python"),
    (ANALYZED, "settings of an analyzer"),
)


class Limits(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Globs over whole paths: `*` stays within a folder, `**` does not. `created` may be new, and nothing else. A test,
    a CI file and the like are only meant by a glob that says so itself: `src/**` allows no `src/tests/test_a.py`."""

    editable: tuple[str, ...]
    created: tuple[str, ...] = ()
    lines: int = LINES

    def allows(self, file: PatchedFile) -> bool:
        globs = (*self.editable, *self.created) if file.before is None else self.editable
        protected = next((each for each, _ in PROTECTED if matches(each, file.path)), None)
        meant = globs if protected is None else tuple(glob for glob in globs if matches(protected, glob))
        return matches(meant, file.path)


def judge(patch: Patch, limits: Limits) -> Result:
    if not patch.files:
        return Failed("it changes nothing")
    for file in patch.files:
        if told := wrong_with(file, limits):
            return Failed(told)
    for file in patch.files:
        more = abs((file.after or b"").count(b"\n") - (file.before or b"").count(b"\n"))
        if more > limits.lines:  # before they are compared line by line
            return Failed(f"{file.path} has {counted(more, 'line')} more or fewer, and {limits.lines} are allowed")
    if patch.size > limits.lines:
        return Failed(f"it changes {counted(patch.size, 'line')}, and {limits.lines} are allowed")
    return Passed(f"{counted(patch.size, 'line')} in {counted(len(patch.files), 'file')}, all of which it may edit")


def wrong_with(file: PatchedFile, limits: Limits) -> str:  # noqa: PLR0911  one line a reason
    """A sentence; empty where nothing is."""
    path = file.path
    if any("\ud800" <= sign <= "\udfff" for sign in path):
        return f"{path!r} is a name that is not in UTF-8"
    if posixpath.normpath(path) != path or path.startswith(("/", "../")) or "\x00" in path or "\\" in path:
        return f"{path!r} is no path within the tree"
    for mode in (file.mode_after, file.mode_before):
        if mode in KINDS:
            return f"{path} is {KINDS[mode]}"
    if not limits.allows(file):
        return f"{path} is {_kind(path)}, which this task does not edit"
    if file.after is None:
        return f"{path} is deleted"
    if file.before is not None and file.mode_before != file.mode_after:
        return f"the mode of {path} goes from {file.mode_before} to {file.mode_after}"
    if file.before is None and file.mode_after == PROGRAM:
        return f"{path} is new and may be executed"
    if len(file.after) > LARGEST_FILE:
        return f"{path} has more than {LARGEST_FILE >> 20} MiB"
    if b"\x00" in file.after:
        return f"{path} is not a text"
    if file.before and _ends(file.before) and _ends(file.after) - _ends(file.before):
        return f"lines of {path} end in another way than they did"
    return ""


def _ends(content: bytes) -> set[bytes]:
    return set(re.findall(rb"\r\n|\n|\r", content))


def is_test(path: str) -> bool:
    return matches(TESTS, path)


def code(patch: Patch) -> tuple[PatchedFile, ...]:
    """The files of Python that are there after it and are no tests."""
    return tuple(each for each in patch.files if each.is_python and each.after is not None and not is_test(each.path))


def _kind(path: str) -> str:
    return next((kind for globs, kind in PROTECTED if matches(globs, path)), "another file")


def matches(globs: tuple[str, ...], path: str) -> bool:
    return any(_compiled(glob).fullmatch(path) is not None for glob in globs)


@lru_cache(maxsize=1024)
def _compiled(glob: str) -> re.Pattern[str]:
    """`**/` also stands for no folder at all."""
    pieces = re.split(r"(\*\*/|\*\*|\*|\?)", glob)
    return re.compile("".join(WILD.get(piece) or re.escape(piece) for piece in pieces), re.DOTALL)
