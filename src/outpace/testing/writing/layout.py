"""Expressions laid out within a line's length, in the project's quotes."""

from __future__ import annotations

import ast

INDENT = "    "


def laid_out(text: str, *, before: str, behind: str = "", limit: int, quotes: str) -> str:
    """The expression between what stands before it (its indentation included) and behind it; in several lines where one
    is too long."""
    return before + _Layout(limit, quotes).of(ast.parse(text, mode="eval").body, before, behind) + behind


class _Layout:
    def __init__(self, limit: int, quotes: str) -> None:
        self._limit = limit
        self._quotes = quotes

    def of(self, node: ast.expr, before: str, behind: str) -> str:
        line = self.line(node)
        last = before.rpartition("\n")[2]
        if len(last) + len(line) + len(behind) <= self._limit:
            return line
        indent = " " * (len(last) - len(last.lstrip()))
        return self._broken(node, indent) or line

    def _broken(self, node: ast.expr, indent: str) -> str:  # noqa: PLR0911  one line a kind
        """One item a line; nothing for what cannot be broken."""
        inner = indent + INDENT
        match node:
            case ast.Call(func=func, args=args, keywords=words) if args or words:
                parts = [self._part("", arg, inner) for arg in args]
                parts += [self._part(f"{word.arg}=", word.value, inner) for word in words]
                return f"{self.line(func)}(\n{''.join(parts)}{indent})"
            case ast.List(elts=items) if items:
                return f"[\n{''.join(self._part('', item, inner) for item in items)}{indent}]"
            case ast.Tuple(elts=items) if items:
                return f"(\n{''.join(self._part('', item, inner) for item in items)}{indent})"
            case ast.Set(elts=items):
                return f"{{\n{''.join(self._part('', item, inner) for item in items)}{indent}}}"
            case ast.Dict(keys=keys, values=values) if keys:
                pairs = [
                    self._part(f"{self.line(key)}: ", value, inner)
                    for key, value in zip(keys, values, strict=True)
                    if key is not None
                ]
                return f"{{\n{''.join(pairs)}{indent}}}"
            case ast.Compare(left=left, ops=[ast.Eq()], comparators=[right]):
                return f"{self.line(left)} == {self._broken(right, indent)}" if self._broken(right, indent) else ""
            case ast.Constant(value=str(text)) if "\n" in text.rstrip("\n"):
                lines = "".join(f"{inner}{self._string(line)}\n" for line in text.splitlines(keepends=True))
                return f"(\n{lines}{indent})"
            case _:
                return ""

    def _part(self, before: str, node: ast.expr, indent: str) -> str:
        return f"{indent}{before}{self.of(node, indent + before, ',')},\n"

    def line(self, node: ast.expr) -> str:  # noqa: PLR0911  one line a kind
        match node:
            case ast.Constant(value=str(text)):
                return self._string(text)
            case ast.Constant(value=bytes(content)):
                return self._requoted(repr(content))
            case ast.List(elts=items):
                return f"[{self._lines(items)}]"
            case ast.Tuple(elts=items):
                return f"({self._lines(items)}{',' if len(items) == 1 else ''})"
            case ast.Set(elts=items):
                return f"{{{self._lines(items)}}}"
            case ast.Dict(keys=keys, values=values):
                pairs = zip(keys, values, strict=True)
                inner = ", ".join(f"{self.line(key)}: {self.line(value)}" for key, value in pairs if key is not None)
                return f"{{{inner}}}"
            case ast.Call(func=func, args=args, keywords=words):
                named = [f"{word.arg}={self.line(word.value)}" for word in words]
                callee = f"({self.line(func)})" if isinstance(func, ast.Lambda) else self.line(func)
                return f"{callee}({', '.join([*map(self.line, args), *named])})"
            case ast.Attribute(value=ast.Constant(value=int() | float()), attr=name):
                return f"({ast.unparse(node.value)}).{name}"
            case ast.Attribute(value=held, attr=name):
                return f"{self.line(held)}.{name}"
            case ast.Subscript(value=held, slice=key) if not isinstance(key, (ast.Tuple, ast.Slice)):
                return f"{self.line(held)}[{self.line(key)}]"
            case ast.BinOp() | ast.Compare():
                return self._operation(node)
            case _:
                return ast.unparse(node)

    def _operation(self, node: ast.BinOp | ast.Compare) -> str:
        match node:
            case ast.BinOp(left=ast.Name(id=name), op=ast.Div(), right=ast.Constant(value=str(text))):
                return f"{name} / {self._string(text)}"
            case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in WORDS and _tight(left, right):
                return f"{self.line(left)} {WORDS[type(op)]} {self.line(right)}"
            case ast.Compare(left=ast.Compare() as left, ops=[op], comparators=[right]) if type(op) in WORDS and _tight(
                right
            ):
                return f"({self.line(left)}) {WORDS[type(op)]} {self.line(right)}"
            case _:
                return ast.unparse(node)

    def _lines(self, items: list[ast.expr]) -> str:
        return ", ".join(map(self.line, items))

    def _string(self, text: str) -> str:
        return self._requoted(repr(text))

    def _requoted(self, text: str) -> str:
        """In the other quotes where neither is in it."""
        prefix = text[: text.index(text[-1])]
        body = text[len(prefix) + 1 : -1]
        if "'" in body or '"' in body:
            return text
        return f"{prefix}{self._quotes}{body}{self._quotes}"


WORDS: dict[type[ast.cmpop], str] = {ast.Eq: "==", ast.Is: "is", ast.NotEq: "!=", ast.IsNot: "is not"}
LOOSE = (ast.Compare, ast.BoolOp, ast.UnaryOp, ast.Lambda, ast.IfExp)


def _tight(*operands: ast.expr) -> bool:
    """They need no parentheses."""
    return not any(isinstance(each, LOOSE) for each in operands)
