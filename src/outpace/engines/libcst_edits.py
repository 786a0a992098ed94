"""libcst, of the extra `testing`: edits in the source of tests, with every other character as it was."""

from __future__ import annotations

import ast
from collections.abc import Collection, Sequence
from typing import Any

import libcst as cst
from libcst.metadata import MetadataWrapper, QualifiedNameProvider

from outpace.testing.mending.successors import (
    DropArgument,
    Edit,
    Inline,
    Rename,
    RenameAttribute,
    RenameKeyword,
    RenameModule,
    Replace,
)


class LibcstEdits:
    """Implements `testing.mending.ports.Edits`. What was edited once is known: a file of tests takes seconds."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, Edit, frozenset[str]], str] = {}

    def edited(self, source: str, edit: Edit, within: Collection[str]) -> str:
        everywhere = isinstance(edit, Rename | RenameModule | Inline)
        key = (source, edit, frozenset[str]() if everywhere else frozenset(within))
        if key not in self._known:
            self._known[key] = _edited(*key)
        return self._known[key]


def _edited(source: str, edit: Edit, within: Collection[str]) -> str:
    rewriter = _rewriter(edit, within)
    try:
        module = cst.parse_module(source)
        if isinstance(rewriter, _Named):
            return MetadataWrapper(module, unsafe_skip_copy=True).visit(rewriter).code
        return module.visit(rewriter).code
    except (cst.ParserSyntaxError, cst.CSTValidationError, RecursionError):
        return source


def _rewriter(edit: Edit, within: Collection[str]) -> cst.CSTTransformer:  # noqa: PLR0911  one for each edit
    match edit:
        case Rename():
            return _Renaming(edit)
        case RenameModule():
            return _RenamingModule(edit)
        case RenameAttribute():
            return _RenamingAttribute(edit, within)
        case RenameKeyword():
            return _RenamingKeyword(edit, within)
        case DropArgument():
            return _Dropping(edit, within)
        case Inline():
            return _Inlining(edit)
        case Replace():
            return _Replacing(edit)


class _Named(cst.CSTTransformer):
    METADATA_DEPENDENCIES = (QualifiedNameProvider,)

    def means(self, node: cst.CSTNode, name: str) -> bool:
        """Whether an import makes it stand for this name."""
        return any(each.name == name for each in self.get_metadata(QualifiedNameProvider, node, ()))


class _Importing(_Named):
    """Takes a name out of the imports of a module, and may put another statement behind."""

    def __init__(self, module: str, name: str, into: str, new: str | None) -> None:
        super().__init__()
        self._module, self._name, self._into, self._new = module, name, into, new

    def leave_SimpleStatementLine(  # noqa: N802  libcst's own
        self, original_node: cst.SimpleStatementLine, updated_node: cst.SimpleStatementLine
    ) -> cst.SimpleStatementLine | cst.FlattenSentinel[cst.SimpleStatementLine] | cst.RemovalSentinel:
        del original_node
        line = updated_node
        node = line.body[0] if len(line.body) == 1 else None
        if not isinstance(node, cst.ImportFrom) or isinstance(node.names, cst.ImportStar) or node.relative:
            return line
        found = next((each for each in node.names if each.evaluated_name == self._name), None)
        if found is None or node.module is None or _dotted(node.module) != self._module:
            return line
        return self._replaced(line, node, node.names, found)

    def _replaced(
        self,
        line: cst.SimpleStatementLine,
        node: cst.ImportFrom,
        names: Sequence[cst.ImportAlias],
        found: cst.ImportAlias,
    ) -> cst.SimpleStatementLine | cst.FlattenSentinel[cst.SimpleStatementLine] | cst.RemovalSentinel:
        if self._new is not None and self._into == self._module:
            return line.with_deep_changes(found, name=cst.Name(self._new))
        left = [each for each in names if each is not found]
        if left:
            left[-1] = left[-1].with_changes(comma=names[-1].comma)
        if self._new is None:
            return _with(line, node, left) if left else cst.RemoveFromParent()
        alias = found.with_changes(name=cst.Name(self._new), comma=cst.MaybeSentinel.DEFAULT)
        moved = node.with_changes(module=_expression(self._into), names=[alias], lpar=None, rpar=None)
        if not left:
            return line.with_changes(body=[moved])
        return cst.FlattenSentinel([_with(line, node, left), line.with_changes(body=[moved], leading_lines=[])])


def _with(line: cst.SimpleStatementLine, node: cst.ImportFrom, names: list[cst.ImportAlias]) -> cst.SimpleStatementLine:
    return line.with_changes(body=[node.with_changes(names=names)])


class _Renaming(_Importing):
    def __init__(self, edit: Rename) -> None:
        super().__init__(edit.module, edit.old, edit.into, edit.new)
        self._edit = edit
        self._full = f"{edit.module}.{edit.old}"
        self._wanted = False

    def leave_Name(self, original_node: cst.Name, updated_node: cst.Name) -> cst.BaseExpression:  # noqa: N802
        named = original_node.value == self._edit.old and self.means(original_node, self._full)
        return updated_node.with_changes(value=self._edit.new) if named else updated_node

    def leave_Attribute(  # noqa: N802
        self, original_node: cst.Attribute, updated_node: cst.Attribute
    ) -> cst.BaseExpression:
        edit = self._edit
        if original_node.attr.value != edit.old or not self.means(original_node, self._full):
            return updated_node
        if edit.into == edit.module:
            return updated_node.with_changes(attr=cst.Name(edit.new))
        self._wanted = True
        return updated_node.with_changes(value=_expression(edit.into), attr=cst.Name(edit.new))

    def leave_Module(self, original_node: cst.Module, updated_node: cst.Module) -> cst.Module:  # noqa: N802
        del original_node
        if not self._wanted:
            return updated_node
        body = list(updated_node.body)
        places = [place for place, each in enumerate(body) if _is_import(each)]
        statement = cst.parse_statement(f"import {self._edit.into}", config=updated_node.config_for_parsing)
        body.insert(places[-1] + 1 if places else 0, statement)
        return updated_node.with_changes(body=body)


class _Inlining(_Importing):
    def __init__(self, edit: Inline) -> None:
        super().__init__(edit.module, edit.name, edit.module, None)
        self._full = f"{edit.module}.{edit.name}"

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.BaseExpression:  # noqa: N802
        only = updated_node.args[0] if len(updated_node.args) == 1 else None
        if only is None or only.keyword is not None or only.star or not self.means(original_node.func, self._full):
            return updated_node
        simple = isinstance(only.value, cst.Name | cst.SimpleString | cst.Call | cst.Attribute | cst.Integer)
        return only.value if simple else _in_parentheses(only.value)


class _RenamingModule(_Named):
    def __init__(self, edit: RenameModule) -> None:
        super().__init__()
        self._edit = edit

    def leave_ImportFrom(self, original_node: cst.ImportFrom, updated_node: cst.ImportFrom) -> cst.ImportFrom:  # noqa: N802
        module = original_node.module
        if module is None or original_node.relative or _dotted(module) != self._edit.old:
            return updated_node
        return updated_node.with_changes(module=_expression(self._edit.new))

    def leave_ImportAlias(self, original_node: cst.ImportAlias, updated_node: cst.ImportAlias) -> cst.ImportAlias:  # noqa: N802
        if original_node.evaluated_name != self._edit.old:
            return updated_node
        return updated_node.with_changes(name=_expression(self._edit.new))

    def leave_Name(self, original_node: cst.Name, updated_node: cst.Name) -> cst.BaseExpression:  # noqa: N802
        named = original_node.value == self._edit.old and self.means(original_node, self._edit.old)
        return _expression(self._edit.new) if named else updated_node


class _Within(cst.CSTTransformer):
    """Only in these functions, and outside of all."""

    def __init__(self, within: Collection[str]) -> None:
        super().__init__()
        self._within = frozenset(within)
        self._names: list[str] = []
        self._functions: list[str] = []

    def visit_ClassDef(self, node: cst.ClassDef) -> None:  # noqa: N802
        self._names.append(node.name.value)

    def leave_ClassDef(self, original_node: cst.ClassDef, updated_node: cst.ClassDef) -> cst.ClassDef:  # noqa: N802
        del original_node
        self._names.pop()
        return updated_node

    def visit_FunctionDef(self, node: cst.FunctionDef) -> None:  # noqa: N802
        self._names.append(node.name.value)
        self._functions.append(".".join(self._names))

    def leave_FunctionDef(self, original_node: cst.FunctionDef, updated_node: cst.FunctionDef) -> cst.FunctionDef:  # noqa: N802
        del original_node
        self._names.pop()
        self._functions.pop()
        return updated_node

    @property
    def inside(self) -> bool:
        return not self._functions or not self._within.isdisjoint(self._functions)


class _RenamingAttribute(_Within):
    def __init__(self, edit: RenameAttribute, within: Collection[str]) -> None:
        super().__init__(within)
        self._edit = edit

    def leave_Attribute(self, original_node: cst.Attribute, updated_node: cst.Attribute) -> cst.Attribute:  # noqa: N802
        if not self.inside or original_node.attr.value != self._edit.old:
            return updated_node
        return updated_node.with_changes(attr=cst.Name(self._edit.new))


class _RenamingKeyword(_Within):
    def __init__(self, edit: RenameKeyword, within: Collection[str]) -> None:
        super().__init__(within)
        self._edit = edit

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.Call:  # noqa: N802
        if not self.inside or _last(original_node.func) != self._edit.function:
            return updated_node
        named = [
            each.with_changes(keyword=cst.Name(self._edit.new))
            if each.keyword is not None and each.keyword.value == self._edit.old
            else each
            for each in updated_node.args
        ]
        return updated_node.with_changes(args=named)


class _Dropping(_Within):
    def __init__(self, edit: DropArgument, within: Collection[str]) -> None:
        super().__init__(within)
        self._edit = edit

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.Call:  # noqa: N802
        if not self.inside or _last(original_node.func) != self._edit.function:
            return updated_node
        left = [each for place, each in enumerate(updated_node.args) if not self._is_it(place, updated_node.args)]
        if len(left) == len(updated_node.args):
            return updated_node
        if left:
            left[-1] = left[-1].with_changes(comma=updated_node.args[-1].comma)
        return updated_node.with_changes(args=left)

    def _is_it(self, place: int, args: Sequence[cst.Arg]) -> bool:
        each = args[place]
        if each.keyword is not None:
            return each.keyword.value == self._edit.name
        plain = all(not one.star and one.keyword is None for one in args[: place + 1])
        return plain and place == self._edit.place


class _Replacing(_Within):
    """In the body of the function alone; a decorator names its cases."""

    def __init__(self, edit: Replace) -> None:
        super().__init__((edit.function,))
        self._old, self._new = edit.old, edit.new

    def visit_Decorator(self, node: cst.Decorator) -> bool:  # noqa: N802
        del node
        return False

    def on_leave(self, original_node: cst.CSTNodeT, updated_node: cst.CSTNodeT) -> Any:
        left = super().on_leave(original_node, updated_node)
        here = self._functions and self.inside
        if not here or not isinstance(original_node, cst.BaseExpression) or not self._is_it(original_node):
            return left
        bare = cst.parse_expression(self._new)
        return _in_parentheses(bare) if original_node.lpar else bare

    def _is_it(self, node: cst.BaseExpression) -> bool:
        try:
            return ast.unparse(ast.parse(f"({cst.Module([]).code_for_node(node)}\n)", mode="eval")) == self._old
        except SyntaxError:
            return False


def _dotted(node: cst.BaseExpression) -> str:
    if isinstance(node, cst.Attribute):
        return f"{_dotted(node.value)}.{node.attr.value}"
    return node.value if isinstance(node, cst.Name) else ""


def _last(node: cst.BaseExpression) -> str:
    return _dotted(node).rpartition(".")[2] or (node.attr.value if isinstance(node, cst.Attribute) else "")


def _expression(dotted: str) -> cst.Name | cst.Attribute:
    first, *rest = dotted.split(".")
    made: cst.Name | cst.Attribute = cst.Name(first)
    for name in rest:
        made = cst.Attribute(value=made, attr=cst.Name(name))
    return made


def _in_parentheses(node: cst.BaseExpression) -> cst.BaseExpression:
    return node.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()]) if not node.lpar else node


def _is_import(node: cst.BaseStatement | cst.SimpleStatementLine) -> bool:
    return isinstance(node, cst.SimpleStatementLine) and any(
        isinstance(each, cst.Import | cst.ImportFrom) for each in node.body
    )
