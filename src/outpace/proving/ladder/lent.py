"""Powers that code has by another module of its project, or by a package."""

from __future__ import annotations

from collections.abc import Callable

Own = Callable[[str], frozenset[str] | None]
"""The powers of a module of the project by its dotted name, of a name in it by `module:name`, and of loading it by
`module:`; None where it is none of the project's."""


def powerless(own: Own) -> Own:
    """As a test sees the project: that its modules do what they do is what it is there for."""
    return lambda name: None if own(name) is None else frozenset()


def whole(own: Own) -> Own:
    """Whoever takes a part of a module could take all of it."""
    return lambda name: own(name.partition(":")[0])


def package_power(top: str) -> str:
    """Of a package that is not Python's own: what it can do is not known, so that it is used counts."""
    return f"uses the package {top}"
