"""Whether the arguments of a program are of the types that the module's signatures ask for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .callables import Hint, Parameter, Target, parameters_of
from .programs import ATTRIBUTE, CALL, CONSTANT, DICT, LIST, NAME, SET, TUPLE, Node, Program, nodes

HOLDING = {LIST: ("list", "iterator"), TUPLE: ("tuple", "tuple_of", "list"), SET: ("set",), DICT: ("dict",)}


class Fitting:
    """`classes` is the table of `targets`."""

    def __init__(self, module: str, targets: Sequence[Target], classes: Mapping[str, dict[str, Any]]) -> None:
        self._known = {name: parameters_of(row) for name, row in classes.items()}
        self._known.update((f"{module}:{each.name}", each.parameters) for each in targets)
        self._methods = {each.name.rpartition(".")[2]: each.parameters for each in targets if each.kind == "method"}

    def fits(self, program: Program) -> bool:
        """What is not known fits. A method is known by its name alone."""
        return all(self._call_fits(node) for _, node in nodes(program) if node.kind == CALL)

    def _call_fits(self, node: Node) -> bool:
        what = node.children[0]
        known = self._methods if what.kind == ATTRIBUTE else self._known if what.kind == NAME else {}
        parameters = known.get(str(what.value), ())
        plain = len(node.children) - len(node.keywords)
        by_name = {each.name: each for each in parameters}
        given = list(zip(node.children[1:plain], _positional(parameters, plain - 1)))  # noqa: B905  Python 3.9
        given += [
            (child, by_name[word])
            for word, child in zip(node.keywords, node.children[plain:])  # noqa: B905
            if word in by_name
        ]
        return all(fits(child, parameter.hint) for child, parameter in given)


def _positional(parameters: Sequence[Parameter], count: int) -> list[Parameter]:
    found: list[Parameter] = []
    for each in parameters:
        found += [each] * (count if each.kind == "VAR_POSITIONAL" else 1)
    return found[:count]


def fits(node: Node, hint: Hint) -> bool:
    word, rest = hint[0], hint[1:]
    if word == "any":
        return True
    if word == "union":
        return any(fits(node, each) for each in rest[0])
    if node.kind == CONSTANT:
        return _constant_fits(node.value, word, rest)
    if node.kind in HOLDING:
        return word in HOLDING[node.kind] and (len(rest) != 1 or all(fits(each, rest[0]) for each in node.children))
    return word not in ("str", "bytes", "int", "float", "bool", "none")


def _constant_fits(value: object, word: str, rest: Sequence[Any]) -> bool:
    if word == "literal":
        return value in rest[0]
    kinds: dict[str, tuple[type, ...]] = {
        "str": (str,), "bytes": (bytes,), "int": (int,), "float": (int, float), "bool": (bool,),
        "complex": (int, float, complex), "none": (type(None),),
    }  # fmt: skip
    return isinstance(value, kinds.get(word, ()))
