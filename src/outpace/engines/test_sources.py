"""A project's tests and settings as they lie in a copy of its files, and new files of tests in it."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable
from pathlib import Path, PurePosixPath

from outpace.model.errors import BadInput
from outpace.model.unknown import Unknown
from outpace.testing.generation import Module
from outpace.testing.sources import source_of

LARGEST = 1 << 20
MOST = 400
SETTINGS = ("pyproject.toml", "ruff.toml", ".ruff.toml", "setup.cfg", "tox.ini", ".flake8", ".pre-commit-config.yaml")


class TestSources:
    """Implements `app.test_generate.Place`. `paths` are those of the repository, `tree` is the copy of it."""

    __test__ = False

    def __init__(self, tree: Path, paths: Collection[str], roots: Iterable[str]) -> None:
        self._tree = tree
        self._paths = sorted(paths)
        self._roots = tuple(roots)

    def text(self, path: str) -> str | Unknown:
        """As Python reads it, whatever else the file holds."""
        there = self._tree / path
        if there.is_symlink():
            return Unknown("it is a link", "the file that it leads to, as TARGET")
        try:
            if there.stat().st_size > LARGEST:
                return Unknown(f"it is larger than {LARGEST >> 20} MiB", "a smaller file")
            content = there.read_bytes()
        except FileNotFoundError:
            return Unknown("it is no longer here, or a link that leads out of the repository", "a file of its own")
        except OSError as error:
            return Unknown(f"it cannot be read: {error.strerror}", "a file of this repository")
        text = source_of(content)
        return text if text or not content else Unknown("it is no text that Python reads", "its encoding, declared")

    def _known(self, path: str) -> str:
        text = self.text(path)
        return "" if isinstance(text, Unknown) else text

    def tests(self, below: str) -> dict[str, str]:
        """Its test files, the application's own."""
        start = "" if below == "." else f"{below}/"
        named = [path for path in self._paths if path.startswith(start) and _is_test(path)]
        return {path: self._known(path) for path in named[:MOST]}

    def settings(self, below: str) -> dict[str, str]:
        places = [PurePosixPath(), PurePosixPath(below)]
        found = {name: self._known((place / name).as_posix()) for place in places for name in SETTINGS}
        return {name: text for name, text in found.items() if text}

    def path_of(self, module: Module) -> str:
        return str(self._tree / module.path)

    def roots(self) -> tuple[str, ...]:
        return tuple(str(self._tree / root) for root in self._roots)

    def taken(self, directory: str) -> frozenset[str]:
        """Base names of all test files: without packages, two of one name cannot be collected."""
        del directory
        return frozenset(PurePosixPath(path).name for path in self._paths if path.endswith(".py"))

    def write(self, path: str, text: str) -> str:
        there = self._tree / path
        there.parent.mkdir(parents=True, exist_ok=True)
        there.write_text(text, "utf-8")
        return str(there)

    def remove(self, path: str) -> None:
        (self._tree / path).unlink(missing_ok=True)


def _is_test(path: str) -> bool:
    name = PurePosixPath(path).name
    return name.endswith(".py") and (name.startswith("test_") or name.endswith("_test.py"))


def write_all(root: Path, texts: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """All of the files or none, and none over another. Raises BadInput."""
    done: list[Path] = []
    try:
        for path, text in texts:
            there = root / path
            _refuse_way_out(root, there)
            there.parent.mkdir(parents=True, exist_ok=True)
            _placed(there, text)
            done.append(there)
    except BaseException:
        for there in done:
            there.unlink(missing_ok=True)
        raise
    return tuple(str(there.relative_to(root)) for there in done)


def _refuse_way_out(root: Path, there: Path) -> None:
    if not there.parent.resolve().is_relative_to(root.resolve()):
        raise BadInput(f"{there} leads out of the repository", hint="move the tests' folder into it")


def _placed(there: Path, text: str) -> None:
    """Whole, under its name, or not at all."""
    half = there.with_name(f".{there.name}.{os.getpid()}")
    try:
        half.write_text(text, "utf-8")
        os.link(half, there)
    except FileExistsError:
        raise BadInput(f"{there.name} is there already", hint="move it, or generate again") from None
    finally:
        half.unlink(missing_ok=True)
