"""What can be called in a module, and what each asks for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

Hint = Sequence[Any]
"""A word of `targets`, and what it holds."""


class Parameter(NamedTuple):
    name: str
    kind: str
    required: bool
    hint: Hint
    default: str = ""


class Target(NamedTuple):
    """Something that can be called. `kind`: function, static, class, method, property, setter. `owner` is its class."""

    name: str
    kind: str
    parameters: tuple[Parameter, ...]
    coroutine: bool = False
    doc: str = ""
    line: int = 0
    returns: Hint = ("any",)

    @property
    def owner(self) -> str:
        return self.name.rpartition(".")[0]

    @property
    def typed(self) -> bool:
        """Every parameter says its type."""
        return all(parameter.hint[0] != "any" for parameter in self.parameters)


def targets_of(rows: Sequence[dict[str, Any]]) -> list[Target]:
    found: list[Target] = []
    for row in rows:
        if row.get("asynchronous_generator"):
            continue
        if row["kind"] == "setter" and not row["parameters"]:
            continue
        plain = (row["async"], row["doc"], row["line"], row["returns"])
        found.append(Target(row["name"], row["kind"], parameters_of(row), *plain))
    return found


def parameters_of(row: dict[str, Any]) -> tuple[Parameter, ...]:
    return tuple(
        Parameter(each["name"], each["kind"], each["required"], each["hint"], each["default"])
        for each in row["parameters"]
    )
