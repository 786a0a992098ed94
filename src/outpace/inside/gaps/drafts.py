"""A test function as text: its statements, and the text without some of them, with an assertion in place of others."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from ..mutants.text import Edit, Text, edited

RAISES = frozenset({"raises", "warns", "assertRaises", "assertRaisesRegex", "assertWarns", "deprecated_call"})
BUILTINS = frozenset(
    [
        "len",
        "list",
        "set",
        "sorted",
        "isinstance",
        "tuple",
        "dict",
        "str",
        "repr",
        "type",
        "hasattr",
        "all",
        "any",
        "bool",
        "int",
    ]
)
OPAQUE = (
    ast.Lambda,
    ast.ListComp,
    ast.SetComp,
    ast.DictComp,
    ast.GeneratorExp,
    ast.JoinedStr,
    ast.NamedExpr,
    ast.Await,
)
WRAPPING = "class _:\n"


class Step(NamedTuple):
    """A statement that stands alone on its lines. `asserts`: it says what shall be, of what `calls` give."""

    node: ast.stmt
    asserts: bool
    calls: tuple[ast.Call, ...]


class Draft(NamedTuple):
    """`source` is what the node was parsed from: more than the function itself."""

    source: str
    node: ast.FunctionDef
    steps: tuple[Step, ...]

    @property
    def text(self) -> Text:
        return Text(self.source)

    def of(self, node: ast.expr | ast.stmt) -> str:
        return self.text.of(node).decode()

    def indent(self, node: ast.stmt) -> str:
        return " " * node.col_offset

    def stands_alone(self, step: Step) -> bool:
        """Nothing but blanks and a comment beside it."""
        lines = self.source.splitlines()
        first, last = lines[step.node.lineno - 1], lines[(step.node.end_lineno or 1) - 1]
        before = first.encode()[: step.node.col_offset].strip()
        behind = last.encode()[step.node.end_col_offset :].strip()
        return not before and (not behind or behind.startswith(b"#"))


def draft_in(source: str, node: ast.FunctionDef) -> Draft:
    return Draft(source, node, tuple(_steps(node.body)))


def draft_of(function: str) -> Draft:
    """Of a function's own text, indented or not. Raises SyntaxError."""
    indented = function[:1].isspace()
    source = WRAPPING + function if indented else function
    body: list[ast.stmt] = ast.parse(source).body
    if indented and isinstance(body[0], ast.ClassDef):
        body = body[0].body
    node = body[0]
    if not isinstance(node, ast.FunctionDef):
        raise SyntaxError("no function")  # noqa: TRY004  as `ast` says of what is none
    return draft_in(source, node)


def own_text(source: str) -> str:
    """Of the source of a draft that was made by `draft_of`."""
    return source.removeprefix(WRAPPING)


def _steps(body: list[ast.stmt]) -> Iterator[Step]:
    """Those of `with` blocks too, but for blocks that assert that something is raised."""
    for place, node in enumerate(body):
        following = body[place + 1].lineno if place + 1 < len(body) else None
        if place == 0 and _is_document(node):
            continue
        if node.end_lineno == following:
            return
        if isinstance(node, ast.With) and not raises(node) and node.body[0].lineno > node.items[-1].context_expr.lineno:
            yield from _steps(node.body)
        else:
            yield Step(node, *_asserted(node))


def _is_document(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def raises(node: ast.With) -> bool:
    """Whether it asserts that something is raised."""
    return raised_in(node) is not None


def raised_in(node: ast.stmt) -> ast.Call | None:
    """What a block begins with that asserts that something is raised."""
    for each in node.items if isinstance(node, ast.With) else ():
        call = each.context_expr
        if isinstance(call, ast.Call):
            name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
            if name in RAISES:
                return call
    return None


def _asserted(node: ast.stmt) -> tuple[bool, tuple[ast.Call, ...]]:
    if isinstance(node, ast.Assert):
        return True, tuple(_outermost(node.test))
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        func = node.value.func
        if isinstance(func, ast.Attribute) and func.attr.startswith("assert"):
            if func.attr in RAISES:
                return False, ()
            return True, tuple(call for each in node.value.args for call in _outermost(each))
        return False, (node.value,)
    return False, ()


def _outermost(node: ast.AST) -> Iterator[ast.Call]:
    if isinstance(node, OPAQUE):
        return
    if isinstance(node, ast.Call) and not (isinstance(node.func, ast.Name) and node.func.id in BUILTINS):
        if not any(isinstance(each, (ast.NamedExpr, ast.Await, ast.Yield)) for each in ast.walk(node)):
            yield node
        return
    for child in ast.iter_child_nodes(node):
        yield from _outermost(child)


def lines_of(text: Text, node: ast.stmt) -> tuple[int, int]:
    """From the start of its first line, decorators included, to the end of its last, the line's end included."""
    decorators: Sequence[ast.expr] = getattr(node, "decorator_list", ())
    first = min([node.lineno, *(each.lineno for each in decorators)])
    end = text.content.find(b"\n", text.end(node))
    return text.at(first, 0), len(text.content) if end < 0 else end + 1


def without(draft: Draft, steps: Collection[int], replaced: Mapping[int, str] | None = None) -> str:
    """The source without these steps; `replaced` ones are whole lines."""
    text, put = draft.text, replaced or {}
    gone = {id(draft.steps[number].node) for number in steps}
    edits = [
        Edit(*lines_of(text, step.node), b"" if id(step.node) in gone else put[number].encode())
        for number, step in enumerate(draft.steps)
        if number in put or id(step.node) in gone
    ]
    for node in ast.walk(draft.node):
        if isinstance(node, ast.With) and node.body and _emptied(node, gone):
            first, last = lines_of(text, node)
            edits = [each for each in edits if not first <= each.start < last]
            edits.append(Edit(first, last, b""))
    return edited(text.content, edits, 0, len(text.content)).decode()


def _emptied(node: ast.With, gone: Collection[int]) -> bool:
    return all(
        id(each) in gone or (isinstance(each, ast.With) and each.body and _emptied(each, gone)) for each in node.body
    )


def tidy(function: str) -> str:
    """Without lines that are only a comment, and without blank lines at the ends or beside one another; as it is where
    they may be part of a text."""
    if '"""' in function or "'''" in function:
        return function.rstrip() + "\n"
    lines = [line for line in function.rstrip().splitlines() if not line.lstrip().startswith("#")]
    kept = [line for place, line in enumerate(lines) if line.strip() or (place and lines[place - 1].strip())]
    header = next((place for place, line in enumerate(kept) if line.lstrip().startswith("def ")), 0)
    if header + 1 < len(kept) and not kept[header + 1].strip():
        kept.pop(header + 1)
    return "\n".join(kept) + "\n"


def with_parameter(function: str, name: str) -> str:
    """One more parameter, at the end."""
    draft = draft_of(function)
    arguments = draft.node.args
    if name in {each.arg for each in (*arguments.args, *arguments.kwonlyargs)}:
        return function
    start = draft.text.content.index(b"(", draft.text.content.index(b"def ", draft.text.start(draft.node))) + 1
    last = max((draft.text.at(each.end_lineno or 1, each.end_col_offset or 0) for each in arguments.args), default=0)
    put = f", {name}" if last else name
    content = draft.source.encode()
    place = last or start
    return own_text((content[:place] + put.encode() + content[place:]).decode())
