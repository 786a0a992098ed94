"""The texts of an expression as values of other types, for checks that ask for a text alone."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from outpace.proving.ladder.literals import exchangeable

EQUAL = "type('Text', (str,), {{}})({})"
TYPES = ("__import__('pathlib').PurePosixPath({})", "{}.encode()", "bytearray({}.encode())", EQUAL, "[{}]")


def of_other_types(does: str, forms: Sequence[str] = TYPES) -> Iterator[str]:
    """A text as a path, as bytes, as an instance of a class of its own: where a check asks for a text alone."""
    texts = (each for each in exchangeable(ast.parse(does, mode="eval")) if isinstance(each.value, str))
    for node in texts:
        for form in forms:
            other = ast.parse(form.format(repr(node.value)), mode="eval").body
            yield ast.unparse(_Put(node, other).visit(ast.parse(does, mode="eval")))


class _Put(ast.NodeTransformer):
    """One constant, found by its place, gives way."""

    def __init__(self, old: ast.Constant, new: ast.expr) -> None:
        self.old, self.new = old, new

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        same = (node.lineno, node.col_offset, node.value) == (self.old.lineno, self.old.col_offset, self.old.value)
        return self.new if same else node
