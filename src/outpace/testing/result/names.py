"""How a test of pytest is called in a report."""

from __future__ import annotations


def names_of(node: str) -> tuple[str, str]:
    """Class name and name, as pytest writes them: `tests.test_a.TestB`, `test_it[1]`."""
    path, bracket, rest = node.partition("[")
    file, *names = path.split("::")
    module = file.removesuffix(".py").replace("/", ".")
    name = names.pop() if names else ""
    return ".".join([module, *names]), f"{name}{bracket}{rest}"
