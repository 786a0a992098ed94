"""Programs: lists of expressions that are run, changed, and print as Python."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, Union, cast

CONSTANT, LIST, TUPLE, SET, DICT = "constant", "list", "tuple", "set", "dict"
NAME, CALL, ATTRIBUTE, VARIABLE, SOURCE = "name", "call", "attribute", "variable", "source"
OPERATOR = "operator"
BUILTINS = "builtins"
INFIX = {
    "__eq__": "{} == {}", "__lt__": "{} < {}", "__le__": "{} <= {}", "__add__": "{} + {}", "__sub__": "{} - {}",
    "__mul__": "{} * {}", "__truediv__": "{} / {}", "__floordiv__": "{} // {}", "__mod__": "{} % {}",
    "__and__": "{} & {}", "__or__": "{} | {}", "__contains__": "{1} in {0}", "__getitem__": "{}[{}]",
}  # fmt: skip
"""How methods are written that have operators; the object comes first."""
SETTING = "builtins:setattr"
FIXTURE = "tmp_path"
"""A name of the module "": the temporary directory that a program may write to."""

Literal = Union[None, bool, int, float, complex, str, bytes]
Path = tuple[int, ...]


class Node(NamedTuple):
    """`value`: a constant's, an attribute's name, `module:qualified.name` of a name, a variable's number, the text of a
    piece of source that is taken as it is, or an operator's with `{}` for each operand. A call's first child is what is
    called; its last ones have `keywords`. A dictionary's children are key, value, key, value."""

    kind: str
    value: Literal = None
    children: tuple[Node, ...] = ()
    keywords: tuple[str, ...] = ()


Program = tuple[Node, ...]
"""Each expression's value is a variable of those behind it; the last one's is the result."""


def constant(value: Literal) -> Node:
    return Node(CONSTANT, value)


def named(module: str, qualname: str) -> Node:
    return Node(NAME, f"{module}:{qualname}")


def call(what: Node, *arguments: Node, **keywords: Node) -> Node:
    return Node(CALL, None, (what, *arguments, *keywords.values()), tuple(keywords))


def method(of: Node, name: str, *arguments: Node, **keywords: Node) -> Node:
    return call(Node(ATTRIBUTE, name, (of,)), *arguments, **keywords)


def variable(number: int) -> Node:
    return Node(VARIABLE, number)


def operator(text: str, *operands: Node) -> Node:
    return Node(OPERATOR, text, operands)


def walk(node: Node, at: Path = ()) -> Iterator[tuple[Path, Node]]:
    """Each node with the way to it, outer ones first."""
    yield at, node
    for place, child in enumerate(node.children):
        yield from walk(child, (*at, place))


def nodes(program: Program) -> Iterator[tuple[Path, Node]]:
    for place, expression in enumerate(program):
        yield from walk(expression, (place,))


def at(program: Program, path: Path) -> Node:
    node = program[path[0]]
    for place in path[1:]:
        node = node.children[place]
    return node


def replaced(program: Program, path: Path, node: Node) -> Program:
    first = path[0]
    return (*program[:first], _replaced(program[first], path[1:], node), *program[first + 1 :])


def _replaced(within: Node, path: Path, node: Node) -> Node:
    if not path:
        return node
    first = path[0]
    child = _replaced(within.children[first], path[1:], node)
    return within._replace(children=(*within.children[:first], child, *within.children[first + 1 :]))


def filled(node: Node, values: Sequence[Node]) -> Node:
    """With expressions in place of the first variables."""
    if node.kind == VARIABLE and isinstance(node.value, int) and node.value < len(values):
        return values[node.value]
    return node._replace(children=tuple(filled(child, values) for child in node.children))


def shifted(node: Node, by: int) -> Node:
    """With its variables renumbered, for a program that is put behind another."""
    if node.kind == VARIABLE and isinstance(node.value, int):
        return node._replace(value=node.value + by)
    return node._replace(children=tuple(shifted(child, by) for child in node.children))


def modules(program: Program) -> frozenset[str]:
    """Those that must be imported, the built-in one left out."""
    found = {str(node.value).partition(":")[0] for _, node in nodes(program) if node.kind == NAME}
    return frozenset(found - {BUILTINS, ""})


def names(program: Program) -> frozenset[str]:
    """All `module:qualified.name` of it."""
    return frozenset(str(node.value) for _, node in nodes(program) if node.kind == NAME)


def size(program: Program) -> int:
    return sum(len(printed(node)) for node in program)


class Names:
    """How names and variables are written: those of `bare` modules without their module."""

    def __init__(self, bare: frozenset[str] = frozenset(), variables: Sequence[str] = ()) -> None:
        self._bare = bare
        self._variables = tuple(variables)

    def name(self, value: str) -> str:
        module, _, qualname = value.partition(":")
        if module in ("", BUILTINS) or module in self._bare:
            return qualname
        return f"{module}.{qualname}"

    def variable(self, number: int) -> str:
        return self._variables[number] if number < len(self._variables) else f"v{number}"


PLAIN = Names()


def printed(node: Node, style: Names = PLAIN) -> str:  # noqa: PLR0911  one line a kind
    parts = [printed(child, style) for child in node.children]
    if node.kind == CONSTANT:
        return literal(node.value)
    if node.kind == NAME:
        return style.name(str(node.value))
    if node.kind == SOURCE:
        return str(node.value)
    if node.kind == VARIABLE:
        return style.variable(int(str(node.value)))
    if node.kind == ATTRIBUTE:
        return f"{_held(node.children[0], parts[0])}.{node.value}"
    if node.kind == CALL:
        return _call(node, parts)
    if node.kind == OPERATOR:
        loose = (OPERATOR, SOURCE)
        return str(node.value).format(
            *(f"({part})" if child.kind in loose else part for child, part in zip(node.children, parts))  # noqa: B905
        )
    return _container(node.kind, parts)


def literal(value: Literal) -> str:
    """Evaluates to the same value, also where `repr` does not."""
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return f"float({str(value)!r})"
    return repr(value)


def _held(node: Node, text: str) -> str:
    """`1.real` is no Python."""
    return f"({text})" if node.kind == CONSTANT and isinstance(node.value, (int, float, complex)) else text


def _call(node: Node, parts: list[str]) -> str:
    plain = len(parts) - len(node.keywords)
    words = [f"{word}={text}" for word, text in zip(node.keywords, parts[plain:])]  # noqa: B905  Python 3.9
    callee = f"({parts[0]})" if node.children[0].kind == SOURCE else parts[0]
    return f"{callee}({', '.join([*parts[1:plain], *words])})"


def _container(kind: str, parts: list[str]) -> str:
    inner = ", ".join(parts)
    if kind == LIST:
        return f"[{inner}]"
    if kind == TUPLE:
        return f"({inner},)" if len(parts) == 1 else f"({inner})"
    if kind == SET:
        return f"{{{inner}}}" if parts else "set()"
    return "{" + ", ".join(f"{key}: {value}" for key, value in zip(parts[::2], parts[1::2])) + "}"  # noqa: B905


def source(program: Program, style: Names = PLAIN) -> str:
    """The statements, each with a variable of its own."""
    return "\n".join(f"{style.variable(place)} = {printed(node, style)}" for place, node in enumerate(program))


def parsed(text: str, bound: dict[str, str]) -> Node | None:
    """An expression of constants, containers, and calls of known names (`bound`: as written -> `module:name`)."""
    try:
        tree = ast.parse(text, mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return of_tree(tree.body, bound)


def of_tree(node: ast.expr, bound: dict[str, str]) -> Node | None:
    if isinstance(node, ast.Constant) and not isinstance(node.value, type(Ellipsis)):
        return constant(cast("Literal", node.value))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Constant):
        value = node.operand.value
        return constant(-value) if isinstance(value, (int, float)) else None
    if isinstance(node, (ast.List, ast.Tuple, ast.Set)):
        kind = {ast.List: LIST, ast.Tuple: TUPLE, ast.Set: SET}[type(node)]
        return _all(kind, node.elts, bound)
    if isinstance(node, ast.Dict):
        flat = [each for pair in zip(node.keys, node.values) for each in pair]  # noqa: B905
        return None if None in flat else _all(DICT, [each for each in flat if each is not None], bound)
    if isinstance(node, (ast.Name, ast.Attribute)):
        known = bound.get(ast.unparse(node))
        return None if known is None else Node(NAME, known)
    return _of_call(node, bound) if isinstance(node, ast.Call) else None


def _of_call(node: ast.Call, bound: dict[str, str]) -> Node | None:
    if any(word.arg is None for word in node.keywords):
        return None
    func = of_tree(node.func, bound)
    if func is None and isinstance(node.func, ast.Attribute):
        held = of_tree(node.func.value, bound)
        func = None if held is None else Node(ATTRIBUTE, node.func.attr, (held,))
    arguments = [of_tree(each, bound) for each in (*node.args, *(word.value for word in node.keywords))]
    if func is None or None in arguments:
        return None
    children = tuple(each for each in (func, *arguments) if each is not None)
    return Node(CALL, None, children, tuple(str(word.arg) for word in node.keywords))


def _all(kind: str, parts: Sequence[ast.expr], bound: dict[str, str]) -> Node | None:
    children = [of_tree(part, bound) for part in parts]
    whole = tuple(child for child in children if child is not None)
    return Node(kind, None, whole) if len(whole) == len(children) else None


def packed(node: Node) -> list[Any]:
    """As JSON; constants as they are written."""
    value = literal(node.value) if node.kind == CONSTANT else node.value
    return [node.kind, value, [packed(child) for child in node.children], list(node.keywords)]


def unpacked(row: Any) -> Node:
    """Raises ValueError for what no program is."""
    kind, value, children, keywords = row
    if kind == CONSTANT:
        return parsed(str(value), FLOAT) or Node(SOURCE, str(value))
    return Node(str(kind), cast("Literal", value), tuple(unpacked(child) for child in children), tuple(keywords))


FLOAT = {"float": "builtins:float"}
