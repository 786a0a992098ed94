"""What a module's source says about the values that its functions want: constants, patterns, examples, calls."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple, cast

from .programs import CALL, Literal, Node, Program, of_tree, parsed

LONGEST = 200
MOST = 80
MOST_EXAMPLES = 40
STRING_METHODS = frozenset(name for name in dir(str) if not name.startswith("_")) - {"count", "index"}
DICT_METHODS = frozenset({"items", "keys", "values", "get", "setdefault", "update"})
LIST_METHODS = frozenset({"append", "extend", "sort", "insert", "reverse"})
SET_METHODS = frozenset({"add", "discard", "union", "intersection", "difference", "issubset"})
BYTES_METHODS = frozenset({"decode", "hex"})
FILE_METHODS = frozenset({"read", "readline", "readlines", "write"})
PATH_METHODS = frozenset({"read_text", "read_bytes", "open", "exists", "is_file", "is_dir", "suffix", "stem"})
BY_ISINSTANCE = {"str": "str", "int": "int", "float": "float", "dict": "dict", "list": "list", "tuple": "tuple"} | {
    "bytes": "bytes",
    "bool": "bool",
    "set": "set",
    "Mapping": "dict",
    "Sequence": "list",
    "Iterable": "list",
}
PATTERN_CALLS = frozenset(["compile", "match", "fullmatch", "search", "findall", "finditer", "sub", "split"])
ENUMERATION = re.compile(r"(?:Enum|Flag)$")
PROMPT = re.compile(r"^\s*>>>\s?(.*)$", re.MULTILINE)


class Mined(NamedTuple):
    """`functions`: qualified name -> what its body holds. `imports` are the first parts of modules' names."""

    constants: tuple[Literal, ...]
    patterns: tuple[str, ...]
    functions: dict[str, Function]
    imports: frozenset[str] = frozenset()


class Function(NamedTuple):
    """`uses`: parameter -> the words of `values` for the types that its uses ask for, likelier ones more often."""

    constants: tuple[Literal, ...]
    patterns: tuple[str, ...]
    uses: dict[str, tuple[str, ...]]
    keys: dict[str, tuple[str, ...]]
    raises: tuple[str, ...] = ()


def mined(source: str) -> Mined:
    tree = ast.parse(source)
    found = {name: _function(node) for name, node in _functions(tree)}
    constants = (*_constants(tree), *dict.fromkeys(_members(tree)))
    return Mined(constants, _patterns(tree), found, frozenset(_imports(tree)))


def _members(tree: ast.AST) -> Iterator[str]:
    """Names of members, in either case, of enumerations that are looked up by them."""
    looked = {ast.unparse(node.value) for node in ast.walk(tree) if isinstance(node, ast.Subscript)}
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.ClassDef)
            and node.name in looked
            and any(ENUMERATION.search(ast.unparse(base)) for base in node.bases)
        ):
            for each in node.body:
                for target in each.targets if isinstance(each, ast.Assign) else ():
                    if isinstance(target, ast.Name) and not target.id.startswith("_"):
                        yield from (target.id, target.id.lower())


def _imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (each.name.partition(".")[0] for each in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.partition(".")[0]


def _functions(tree: ast.AST, within: str = "") -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield f"{within}{node.name}", node
        elif isinstance(node, ast.ClassDef):
            yield from _functions(node, f"{within}{node.name}.")
        elif isinstance(node, (ast.If, ast.Try)):
            yield from _functions(node, within)


def _function(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Function:
    names = [each.arg for each in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)]
    names += [each.arg for each in (node.args.vararg, node.args.kwarg) if each is not None]
    uses = {name: tuple(_uses(node, name)) for name in names}
    keys = {name: tuple(dict.fromkeys(_keys(node, name))) for name in names}
    raises = [_raised(each) for each in ast.walk(node) if isinstance(each, ast.Raise)]
    return Function(_constants(node), _patterns(node), uses, keys, tuple(name for name in raises if name))


def _raised(node: ast.Raise) -> str:
    what = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
    return ast.unparse(what) if isinstance(what, (ast.Name, ast.Attribute)) else ""


def _constants(tree: ast.AST) -> tuple[Literal, ...]:
    """Documents left out; characters of a text that is looked up in are no constants of their own."""
    bare = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    found: dict[tuple[str, Literal], Literal] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and id(node) not in bare and not isinstance(node.value, type(Ellipsis)):
            value = cast("Literal", node.value)
            if isinstance(value, (bool, type(None))) or (isinstance(value, (str, bytes)) and len(value) > LONGEST):
                continue
            found.setdefault((type(value).__name__, value), value)
    return tuple(list(found.values())[:MOST])


def _patterns(tree: ast.AST) -> tuple[str, ...]:
    found: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args:
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            text = _joined(node.args[0])
            if name in PATTERN_CALLS and text and any(letter in text for letter in "\\[(*+^$|"):
                found.append(text)
    return tuple(dict.fromkeys(found))[:MOST]


def _joined(node: ast.expr) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = _joined(node.left), _joined(node.right)
        return left + right if left and right else ""
    return ""


def _uses(tree: ast.AST, name: str) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and _is(node.value, name):
            yield from _of_attribute(node.attr)
        elif isinstance(node, ast.Call):
            yield from _of_call(node, name)
        elif isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            if any(_is(side, name) for side in sides):
                yield from _of_comparison(node, sides, name)
        elif isinstance(node, (ast.For, ast.comprehension)) and _is(node.iter, name):
            yield from ("list", "str", "list") if isinstance(node.target, ast.Name) else ("pairs",)
        elif isinstance(node, ast.Subscript) and _is(node.value, name):
            yield "dict" if isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str) else "list"
        elif isinstance(node, ast.BinOp) and (_is(node.left, name) or _is(node.right, name)):
            yield from _of_arithmetic(node, name)


def _is(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _of_attribute(name: str) -> Iterator[str]:
    for word, methods in (
        ("str", STRING_METHODS),
        ("dict", DICT_METHODS),
        ("list", LIST_METHODS),
        ("set", SET_METHODS),
        ("bytes", BYTES_METHODS),
        ("file", FILE_METHODS),
        ("path", PATH_METHODS),
    ):
        if name in methods:
            yield word
            yield word


def _of_call(node: ast.Call, name: str) -> Iterator[str]:
    if _is(node.func, name):
        yield "callable"
        return
    func = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
    if not any(_is(each, name) for each in node.args):
        return
    if func == "isinstance" and len(node.args) > 1:
        kinds = node.args[1].elts if isinstance(node.args[1], ast.Tuple) else [node.args[1]]
        for kind in kinds:
            word = BY_ISINSTANCE.get(ast.unparse(kind).rpartition(".")[2])
            if word:
                yield word
    elif func in ("len", "sorted", "list", "tuple", "set", "iter", "enumerate"):
        yield from ("str", "list")
    elif func in PATTERN_CALLS or func in ("quote", "unquote", "urlparse", "urlsplit", "fromisoformat", "strptime"):
        yield from ("str", "str")
    elif func in ("range", "chr", "abs", "round"):
        yield "int"
    elif func in ("open", "Path", "exists", "isfile", "isdir", "getsize") and _is(node.args[0], name):
        yield from ("path", "path")
    elif func == "join":
        yield "str"


def _of_comparison(node: ast.Compare, sides: list[ast.expr], name: str) -> Iterator[str]:
    for side in sides:
        if isinstance(side, ast.Constant) and side.value is not None:
            contained = isinstance(node.ops[0], (ast.In, ast.NotIn)) and not _is(node.left, name)
            yield "str" if contained else type(side.value).__name__


def _of_arithmetic(node: ast.BinOp, name: str) -> Iterator[str]:
    other = node.right if _is(node.left, name) else node.left
    if isinstance(node.op, ast.Mod) and _is(node.left, name):
        yield from ("int", "str")
    elif isinstance(other, ast.Constant):
        yield type(other.value).__name__
    elif isinstance(node.op, (ast.Sub, ast.Mult, ast.Div, ast.FloorDiv)):
        yield "int"


def _keys(tree: ast.AST, name: str) -> Iterator[str]:
    """Words that it is asked for: `kwargs.get("x")`, `options["y"]`, `"z" in options`, `value.attribute`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript) and _is(node.value, name) and isinstance(node.slice, ast.Constant):
            yield from [node.slice.value] if isinstance(node.slice.value, str) else []
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and _is(node.func.value, name):
            first = node.args[0] if node.args else None
            if node.func.attr in ("get", "pop", "setdefault") and isinstance(first, ast.Constant):
                yield from [first.value] if isinstance(first.value, str) else []
        elif isinstance(node, ast.Compare) and isinstance(node.left, ast.Constant) and _is(node.comparators[0], name):
            yield from [node.left.value] if isinstance(node.left.value, str) else []


def examples(document: str, bound: dict[str, str]) -> list[Program]:
    """The calls behind the prompts of a docstring."""
    found: list[Program] = []
    for line in PROMPT.findall(document)[:MOST_EXAMPLES]:
        node = parsed(line.split("  #")[0].strip(), bound)
        if node is not None and node.kind == CALL:
            found.append((node,))
    return found


def calls(source: str, bound: dict[str, str]) -> list[Program]:
    """Calls of the module's names elsewhere, with arguments that stand there."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return []
    known = _known(tree, bound)
    found: dict[Node, None] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            made = of_tree(node, known)
            if made is not None:
                found.setdefault(made)
    return [(node,) for node in list(found)[:MOST_EXAMPLES]]


def _known(tree: ast.AST, bound: dict[str, str]) -> dict[str, str]:
    """How the module's names are written in a file that imports them."""
    targets = {value: value for value in bound.values()}
    modules = {value.partition(":")[0] for value in targets}
    known: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            for each in node.names:
                full = f"{node.module or ''}:{each.name}"
                ours = next((value for value in targets if full == value or value.endswith(f":{each.name}")), None)
                if ours and (
                    node.level or full == ours or str(node.module).split(".")[0] in {m.split(".")[0] for m in modules}
                ):
                    known[each.asname or each.name] = ours
                for module in modules:
                    if f"{node.module or ''}.{each.name}" == module:
                        known.update(_through(each.asname or each.name, module, targets))
        elif isinstance(node, ast.Import):
            for each in node.names:
                if each.name in modules:
                    known.update(_through(each.asname or each.name, each.name, targets))
    return known


def _through(written: str, module: str, targets: dict[str, str]) -> dict[str, str]:
    return {f"{written}.{value.partition(':')[2]}": value for value in targets if value.startswith(f"{module}:")}
