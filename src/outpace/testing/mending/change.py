"""A change as mending sees it: two sets of files, and what was said of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath

from msgspec import Struct

from outpace.testing.mending.definitions import Definitions
from outpace.testing.mending.intents import Intent, intent, is_document
from outpace.testing.mending.interfaces import Interface, interface
from outpace.testing.mending.pieces import Difference, difference
from outpace.testing.mutants.targets import ABOUT, NO_PRODUCT, TESTS, product


class Change(Struct, frozen=True, kw_only=True):
    """Texts by their paths, of all files that are text; `roots` are where modules lie."""

    old: Mapping[str, str]
    new: Mapping[str, str]
    roots: tuple[str, ...]
    messages: tuple[str, ...] = ()

    def differing(self) -> tuple[str, ...]:
        return tuple(path for path in sorted({*self.old, *self.new}) if self.old.get(path) != self.new.get(path))

    def before(self) -> dict[str, str | None]:
        """What makes of the files as they are now those that were."""
        return {path: self.old.get(path) for path in self.differing()}

    def code(self, side: Mapping[str, str]) -> dict[str, str]:
        """Modules of the product on one side."""
        return {path: side[path] for path in product(side)}

    def code_before(self) -> dict[str, str | None]:
        """The same for the code alone: the tests stay as they are now."""
        return {path: text for path, text in self.before().items() if is_code(path)}

    def difference(self) -> Difference:
        """Of what tests may run or read, the tests themselves left out."""
        return difference(_code(self.old), _code(self.new))

    def interfaces(self) -> tuple[Interface, Interface]:
        return interface(self.code(self.old), self.roots), interface(self.code(self.new), self.roots)

    def definitions(self, old: Interface, new: Interface) -> tuple[Definitions, Definitions]:
        """`old` and `new` as `interfaces` gives them."""
        before, after = self.code(self.old), self.code(self.new)
        return Definitions(before, self.roots, old), Definitions(after, self.roots, new)

    def intent(self) -> Intent:
        return intent(self.messages, self.old, self.new)


def is_code(path: str) -> bool:
    place = PurePosixPath(path)
    if place.suffix == ".py":
        return bool(product((path,)))
    folders = {part.lower() for part in place.parts[:-1]}
    return not is_document(path) and folders.isdisjoint(NO_PRODUCT | TESTS) and place.name not in ABOUT


def _code(side: Mapping[str, str]) -> dict[str, str]:
    return {path: text for path, text in side.items() if is_code(path)}


def pytest_words(words: Iterable[str], files: Iterable[str], known: Mapping[str, str]) -> tuple[str, ...]:
    """The project's own, but for these files alone: files, folders and tests that it names are left out."""
    folders = {str(parent) for path in known for parent in PurePosixPath(path).parents}
    kept = [word for word in words if word.startswith("-") or not _is_place(word, known, folders)]
    return (*kept, *files)


def _is_place(word: str, known: Mapping[str, str], folders: set[str]) -> bool:
    place = str(PurePosixPath(word.partition("::")[0]))
    return place in known or place in folders
