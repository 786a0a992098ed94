"""`.in` files that nothing is compiled from: only there do they tell more than the requirements file beside them."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Sequence

from outpace.ecosystems.pypi.requirements import RequirementFiles, beside

HEAD = 4_000  # characters: pip-compile and uv name the source in the first lines

_NAMED = re.compile(r"[\w./-]{1,200}\.in\b")


def uncompiled(sources: Sequence[str], others: Iterable[str], files: RequirementFiles) -> set[str]:
    """Without those that a requirements file has the name of or names in its head, and without what they include."""
    compiled = [path for path in others if path.endswith(".txt")]
    covered = {f"{path.removesuffix('.txt')}.in" for path in compiled}
    for path in compiled if sources else ():
        covered.update(_sources_named(path, files.head(path, HEAD)))
    covered.update(place for path in sources if path in covered for place in files.reached_from(path))
    return set(sources) - covered


def _sources_named(path: str, head: str) -> Iterator[str]:
    """As seen from the requirements file, or from the root, where the compiler was called."""
    for line in head.split("\n"):
        for name in _NAMED.findall(line) if line.startswith("#") else ():
            yield posixpath.normpath(name)
            if (place := beside(path, name)) is not None:
                yield place
