"""Which changed file an import means."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from outpace.delivery.splitting.mentions import Taken


def module_of(path: str) -> str:
    """The whole path with dots; an `__init__` is its folder."""
    return path.rpartition(".")[0].replace("/", ".").removesuffix(".__init__")


def absolute(path: str, name: str) -> tuple[str, bool]:
    """An import in a file, as a module; and whether that is the whole path of one."""
    bare = name.lstrip(".")
    level = len(name) - len(bare)
    if not level:
        return bare, False
    package = path.split("/")[:-1]
    up = package[: len(package) - (level - 1)] if level > 1 else package
    return ".".join([*up, *filter(None, [bare])]), True


class Modules:
    """The changed files of Python, by any end of their path that an import may name."""

    def __init__(self, paths: Iterable[str]) -> None:
        self._by_name: dict[str, set[str]] = defaultdict(set)
        self._whole: dict[str, set[str]] = defaultdict(set)
        for path in paths:
            if path.endswith((".py", ".pyi")):
                parts = module_of(path).split(".")
                self._whole[".".join(parts)].add(path)
                for number in range(len(parts)):
                    self._by_name[".".join(parts[number:])].add(path)

    def of(self, path: str, name: str) -> frozenset[str]:
        """The changed files that a module, named in the file at `path`, may be."""
        module, whole = absolute(path, name)
        if not module:
            return frozenset()
        return frozenset((self._whole if whole else self._by_name).get(module, ()))

    def named(self, path: str, taken: Taken) -> frozenset[str]:
        """The changed files that the name is, where it is a module itself."""
        if not taken.name or taken.name == "*":
            return self.of(path, taken.module)
        joined = f"{taken.module}{taken.name}" if taken.module.endswith(".") else f"{taken.module}.{taken.name}"
        return self.of(path, joined)

    def __contains__(self, path: str) -> bool:
        return path in self._whole.get(module_of(path), ())


def shares_package(path: str, other: str, takes: Iterable[Taken]) -> bool:
    """Whether what a file imports may reach the other file at all: by the first name of its package."""
    parts = module_of(other).split(".")
    if module_of(path).split(".")[:1] == parts[:1] and "/" in path and "/" in other:
        return True
    return any(taken.module.startswith(".") or taken.module.partition(".")[0] in parts for taken in takes)
