"""setup.py, read as text and never run: literal lists of requirements, and *unknown* for what code computes."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator

from outpace.ecosystems.pypi.demands import SETTLE, Demand, demanded
from outpace.ecosystems.pypi.encodings import decoded
from outpace.ecosystems.pypi.indexes import Declared
from outpace.ecosystems.pypi.setup_values import Computed, Many, Names, Table, Value
from outpace.ecosystems.reading import Reading, refused, spoiled, together
from outpace.model.inventory import Uncovered, Unread

LARGEST = 512 << 10  # characters; the parser's memory is hundreds of times that
BUILDERS = frozenset({"setuptools", "distutils", "skbuild"})
REQUIRES, EXTRAS = "install_requires", "extras_require"


def read_setup_py(file: str, data: bytes, declared: Declared) -> Reading | None:
    """None for a module that is only called so: it neither calls setup() nor imports what has it."""
    text = _text(file, data)
    if isinstance(text, Reading):
        return text
    try:
        module = _module(text)
        arguments = _arguments(module)
    except SyntaxError as error:
        return refused(file, f"not Python that can be parsed: {error.msg[:80]}", error.lineno)
    except (ValueError, RecursionError, MemoryError, OverflowError):
        return refused(file, "not Python that can be parsed: a NUL character, or nested too deeply")
    if arguments is None:
        if not any(map(_is_of_setup, ast.walk(module))):
            return None
        why = f"it calls no setup() by that name: if it asks for packages, they are not known; {SETTLE}"
        return Reading(uncovered=(Uncovered(file=file, why=why),))
    return together(_readings(file, arguments, declared))


def _is_of_setup(node: ast.AST) -> bool:
    match node:
        case ast.Import(names=names):
            modules = [alias.name for alias in names]
        case ast.ImportFrom(module=str(module), level=0):
            modules = [module]
        case _:
            return False
    return any(name.partition(".")[0] in BUILDERS for name in modules)


def name_in_setup_py(data: bytes) -> str | None:
    """The project's name, where setup() is called with it as it is."""
    try:
        module = _module(decoded(data[:LARGEST]))
    except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError):
        return None
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and _called(node) == "setup":
            for keyword in node.keywords:
                match keyword:
                    case ast.keyword(arg="name", value=ast.Constant(value=str(name))):
                        return name
                    case _:
                        pass
    return None


def _text(file: str, data: bytes) -> str | Reading:
    if len(data) > LARGEST:
        return refused(file, f"it has {len(data):,} bytes, more than the limit of {LARGEST:,} for code")
    try:
        text = decoded(data)
    except ValueError as error:
        return refused(file, str(error))
    return spoiled(file, text) or text


def _module(text: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text)


def _readings(file: str, arguments: list[tuple[str, Value]], declared: Declared) -> Iterator[Reading]:
    for name, value in arguments:
        match name, value:
            case _, Computed():
                yield _computed(file, name, (value,))
            case "extras_require", Table(rows, computed):
                for extra, listed in rows:
                    yield from _extra(file, extra, listed, declared)
                yield _computed(file, name, computed)
            case "install_requires", Many(_, computed):
                yield demanded(file, _demands(value, (), ""), declared)
                yield _computed(file, name, computed)
            case "install_requires" | "extras_require", _:
                yield Reading(unread=(Unread(file=file, why=f"{name} is neither a list nor a table"),))
            case _:
                pass


def _extra(file: str, extra: str, listed: Value, declared: Declared) -> Iterator[Reading]:
    name, _, marker = extra.partition(":")
    label = f"the extra {name[:40]!r}"
    match listed:
        case Many(_, computed):
            groups = (name,) if name else ()
            yield demanded(file, _demands(listed, groups, marker.strip()), declared)
            yield _computed(file, label, computed)
        case Computed():
            yield _computed(file, label, (listed,))
        case Table():
            yield Reading(unread=(Unread(file=file, why=f"{label} is no list"),))


def _demands(many: Many, groups: tuple[str, ...], marker: str) -> Iterator[Demand]:
    for item in many.items:
        bare = item.text.strip()
        if not bare.startswith("#"):
            yield Demand(text=bare, line=item.line, groups=groups, marker=marker)


def _computed(file: str, what: str, places: tuple[Computed, ...]) -> Reading:
    return Reading(
        unread=tuple(
            Unread(
                file=file,
                line=each.line,
                why=f"line {each.line} {each.why}, so {what} is not known in full: setup.py is never run; {SETTLE}",
            )
            for each in places
        )
    )


def _arguments(module: ast.Module) -> list[tuple[str, Value]] | None:
    """What setup() is called with; where code makes that up, what the file itself calls by those names."""
    calls = [node for node in ast.walk(module) if isinstance(node, ast.Call) and _called(node) == "setup"]
    names = Names(module)
    found = [each for call in calls for each in _keywords(call, names)]
    spread = [(name, value) for name, value in found if isinstance(value, Computed) and not name]
    if not calls:
        return None
    return found if not spread else [*_by_name(module, names), *(("what it asks for", value) for _, value in spread)]


def _keywords(call: ast.Call, names: Names) -> Iterator[tuple[str, Value]]:
    for keyword in call.keywords:
        if keyword.arg in (REQUIRES, EXTRAS):
            yield keyword.arg, names.value(keyword.value)
        elif keyword.arg is None:
            value = names.value(keyword.value)
            if isinstance(value, Table):
                yield from ((name, each) for name, each in value.rows if name in (REQUIRES, EXTRAS))
                yield from (("", each) for each in value.computed)
            else:
                yield "", value if isinstance(value, Computed) else Computed(call.lineno, "spreads no table")


def _by_name(module: ast.Module, names: Names) -> Iterator[tuple[str, Value]]:
    for node in ast.walk(module):
        match node:
            case ast.Call(keywords=keywords):
                pairs = [(each.arg or "", each.value) for each in keywords]
            case ast.Dict(keys=keys, values=values):
                named = [key.value if isinstance(key, ast.Constant) else None for key in keys]
                pairs = [(k, v) for k, v in zip(named, values, strict=True) if isinstance(k, str)]
            case _:
                continue
        yield from ((name, names.value(value)) for name, value in pairs if name in (REQUIRES, EXTRAS))


def _called(call: ast.Call) -> str:
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""
