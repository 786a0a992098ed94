"""What a change may wait for that is no text of an input: a new parameter, an attribute, an item beside the others."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator, Sequence

from outpace.proving.ladder.cases import Case, Witness, thinned
from outpace.proving.ladder.patch import Patch, PatchedFile
from outpace.proving.ladder.shape import code
from outpace.proving.ladder.variants import says_itself

MOST = 120
VALUES = ("True", "1", "None", "False", "''")
PARAMETER, ATTRIBUTE, ITEM = "a new parameter", "an attribute that the change asks for", "an item beside the others"
MOST_ITEMS = 8


def triggered(
    patch: Patch, witnesses: Sequence[Witness], siblings: Sequence[str], values: Sequence[object]
) -> tuple[Case, ...]:
    """`values` are the constants that the change brings. Raises SyntaxError."""
    asked, attributes = tuple(parameters(patch, values)), _attributes(patch)
    texts = [each for each in values if isinstance(each, str)][:MOST_ITEMS]
    found: dict[tuple[int, str, str], Case] = {}
    for of, witness in enumerate(witnesses):
        for way in (witness.does, *siblings):
            tree = ast.parse(way, mode="eval")
            made = [(PARAMETER, witness.setup, does) for does in with_parameters(tree, asked)]
            made += [(ATTRIBUTE, setup, way) for setup in _with_attributes(witness.setup, way, attributes)]
            made += [(ITEM, witness.setup, does) for does in with_items(tree, texts)]
            for sort, setup, does in made:
                if not says_itself(witness, does):
                    found.setdefault((of, setup, does), Case(id="", setup=setup, does=does, of=of, sort=sort))
    return thinned(found.values(), MOST)


def parameters(patch: Patch, values: Sequence[object]) -> Iterator[tuple[str, str]]:
    """(function, parameter) of those that the change adds; where a function takes any, its texts may be names too, and
    those of its lines. A class is called by its name."""
    for file in code(patch):
        texts = (*values, *_on_added_lines(file))
        names = dict.fromkeys(each for each in texts if isinstance(each, str) and each.isidentifier())
        before = dict(_taken(file.before or b""))
        for function, (parameters, takes_any) in _taken(file.after or b""):
            known = before[function][0] if function in before else parameters
            yield from ((function, each) for each in sorted(parameters - known))
            yield from ((function, each) for each in names if takes_any)


def _on_added_lines(file: PatchedFile) -> Iterator[object]:
    nodes = (each for each in ast.walk(ast.parse(file.after or b"")) if isinstance(each, ast.Constant))
    return (each.value for each in nodes if each.lineno in file.added)


def _taken(source: bytes) -> Iterator[tuple[str, tuple[frozenset[str], bool]]]:
    """Function -> the names of its parameters, and whether it takes any other."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.ClassDef(body=body):
                made = (each for each in body if isinstance(each, ast.FunctionDef) and each.name == "__init__")
                yield from ((node.name, _names(each.args)) for each in made)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                yield node.name, _names(node.args)
            case _:
                pass


def _names(given: ast.arguments) -> tuple[frozenset[str], bool]:
    every = (*given.posonlyargs, *given.args, *given.kwonlyargs)
    return frozenset(each.arg for each in every), given.kwarg is not None


def with_parameters(tree: ast.AST, asked: Sequence[tuple[str, str]]) -> Iterator[str]:
    """The calls of these functions with each of the new parameters."""
    for call in [each for each in ast.walk(tree) if isinstance(each, ast.Call)]:
        name = getattr(call.func, "attr", getattr(call.func, "id", ""))
        old = call.keywords
        for parameter in dict.fromkeys(each for function, each in asked if function == name):
            for value in VALUES if all(word.arg != parameter for word in old) else ():
                call.keywords = [*old, ast.keyword(parameter, _expression(value))]
                yield ast.unparse(tree)
            call.keywords = old


def _attributes(patch: Patch) -> tuple[str, ...]:
    """Names of attributes that files read after it and did not before, by a dot or by their name."""
    found: dict[str, None] = {}
    for file in code(patch):
        before = set(_read(file.before or b""))
        own = set(_set(file.after or b""))
        found.update(dict.fromkeys(each for each in _read(file.after or b"") if each not in before | own))
    return tuple(found)


def _read(source: bytes) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Attribute(attr=name, ctx=ast.Load()):
                yield name
            case ast.Call(func=ast.Name(id="getattr" | "hasattr"), args=[_, ast.Constant(value=str() as name), *_]):
                if name.isidentifier():
                    yield name
            case _:
                pass


def _set(source: bytes) -> Iterator[str]:
    """Attributes that the file gives its own objects."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr


def _with_attributes(setup: str, does: str, attributes: Sequence[str]) -> Iterator[str]:
    """What is set up, and each thing that the call is given has the attribute: on, or off."""
    tree = ast.parse(does, mode="eval")
    called = {id(each.func) for each in ast.walk(tree) if isinstance(each, ast.Call)}
    held = {each.id for each in ast.walk(tree) if isinstance(each, ast.Name) and id(each) not in called}
    for name in sorted(held):
        for attribute in attributes:
            for value in ("True", "False"):
                yield f"{setup}\ntry:\n    {name}.{attribute} = {value}\nexcept Exception:\n    pass"


def with_items(tree: ast.AST, texts: Sequence[str]) -> Iterator[str]:
    """Each mapping that is written out, with one text of the change as the name of another, or of a number, or true."""
    for each in [node for node in ast.walk(tree) if isinstance(node, ast.Dict)]:
        old = copy.copy(each.keys), copy.copy(each.values)
        for key in texts:
            for value in (*(ast.Constant(text) for text in texts), ast.Constant(1), ast.Constant(value=True)):
                each.keys, each.values = [*old[0], ast.Constant(key)], [*old[1], value]
                yield ast.unparse(tree)
        each.keys, each.values = old


def _expression(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body
