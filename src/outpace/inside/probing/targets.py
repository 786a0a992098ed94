"""What a loaded module has that can be called, with what each asks for; as JSON."""

from __future__ import annotations

import enum
import inspect
import typing
from collections.abc import Iterable
from types import ModuleType
from typing import Any

MOST_PARAMETERS = 12
MOST_CLASSES = 60
MOST_MEMBERS = 30
DEPTH = 4
OPERATORS = frozenset(
    f"__{name}__"
    for name in (
        *("call", "len", "contains", "getitem", "iter", "eq", "lt", "le", "add", "sub", "mul", "neg", "bool"),
        *("and", "or", "truediv", "floordiv", "mod", "abs", "int", "float", "str", "repr", "format"),
    )
)
NAMELESS = frozenset({("types", name) for name in ("FunctionType", "ModuleType", "MethodType", "CodeType")})
SIMPLE = {
    int: "int",
    float: "float",
    complex: "complex",
    str: "str",
    bytes: "bytes",
    bool: "bool",
    type(None): "none",
    object: "any",
}
CONTAINERS = {list: "list", tuple: "tuple", set: "set", frozenset: "frozenset", dict: "dict"}
BY_NAME = {
    "Iterable": "list",
    "Iterator": "iterator",
    "Sequence": "list",
    "MutableSequence": "list",
    "Collection": "list",
    "Container": "list",
    "Mapping": "dict",
    "MutableMapping": "dict",
    "Set": "set",
    "AbstractSet": "set",
    "MutableSet": "set",
    "Callable": "callable",
}


def described(module: ModuleType) -> dict[str, Any]:
    classes = _Classes(module)
    callables = [row for name, held in _own(module) for row in _rows(name, held, module, classes)]
    return {"callables": callables, "classes": classes.table()}


def _own(module: ModuleType) -> list[tuple[str, Any]]:
    """Public names that the module defines, in the order of its source."""
    exported = getattr(module, "__all__", None)
    return [
        (name, held)
        for name, held in vars(module).items()
        if (name in exported if isinstance(exported, (list, tuple)) else not name.startswith("_"))
        and getattr(held, "__module__", None) == module.__name__
        and (inspect.isfunction(held) or inspect.isclass(held) or _wraps(held))
        and getattr(held, "__qualname__", name) == name
    ]


def _wraps(held: Any) -> bool:
    return callable(held) and hasattr(held, "__wrapped__")


def _rows(name: str, held: Any, module: ModuleType, classes: _Classes) -> list[dict[str, Any]]:
    if not inspect.isclass(held):
        return [_row(name, held, "function", module, classes)]
    if issubclass(held, enum.Enum):
        classes.add(held)
        return [row for row in _members(name, held, module, classes) if row["kind"] != "class"]
    return _members(name, held, module, classes)


def _members(name: str, held: type[Any], module: ModuleType, classes: _Classes) -> list[dict[str, Any]]:
    classes.add(held)
    rows = [] if inspect.isabstract(held) else [_row(name, held, "class", module, classes)]
    for word, member in list(vars(held).items()):
        if word.startswith("_") and word not in OPERATORS:
            continue
        if isinstance(member, property):
            rows.append(_bare(f"{name}.{word}", "property", member.fget))
            rows += [_row(f"{name}.{word}", member.fset, "setter", module, classes)] if member.fset else []
        elif isinstance(member, (classmethod, staticmethod)):
            rows.append(_row(f"{name}.{word}", getattr(held, word), "static", module, classes))
        elif inspect.isfunction(member):
            rows.append(_row(f"{name}.{word}", member, "method", module, classes))
    return rows


def _bare(name: str, kind: str, function: Any) -> dict[str, Any]:
    return {
        "name": name,
        "kind": kind,
        "parameters": [],
        "async": False,
        "doc": _doc(function),
        "line": _line(function),
        "returns": ["any"],
    }


def _row(name: str, held: Any, kind: str, module: ModuleType, classes: _Classes) -> dict[str, Any]:
    row = _bare(name, kind, held)
    row["async"] = inspect.iscoroutinefunction(held)
    row["asynchronous_generator"] = inspect.isasyncgenfunction(held)
    row["parameters"] = parameters(held, classes, skip=kind in ("method", "setter"))
    if kind != "class":
        row["returns"] = classes.hint(_hints(held).get("return", typing.Any), DEPTH)
    del module
    return row


def parameters(held: Any, classes: _Classes, *, skip: bool) -> list[dict[str, Any]]:
    try:
        found = list(inspect.signature(held).parameters.values())
    except (TypeError, ValueError):
        return []
    hints = _hints(held)
    rows: list[dict[str, Any]] = []
    for parameter in found[1:] if skip else found:
        required = parameter.default is parameter.empty
        rows.append(
            {
                "name": parameter.name,
                "kind": parameter.kind.name,
                "required": required and parameter.kind.name not in ("VAR_POSITIONAL", "VAR_KEYWORD"),
                "hint": classes.hint(hints.get(parameter.name, parameter.annotation), DEPTH),
                "default": "" if required else type(parameter.default).__name__,
            }
        )
    return rows[:MOST_PARAMETERS]


def _hints(held: Any) -> dict[str, Any]:
    function = held.__init__ if inspect.isclass(held) else held
    for each in (function, held):
        try:
            found = typing.get_type_hints(each)
        except Exception:  # noqa: BLE001, S112  whatever a foreign annotation does
            continue
        if found:
            return found
    return {}


def _doc(held: Any) -> str:
    return (inspect.getdoc(held) or "")[:6000]


def _line(held: Any) -> int:
    code = getattr(inspect.unwrap(held) if callable(held) else held, "__code__", None)
    return int(code.co_firstlineno) if code is not None else 0


class _Classes:
    """Those that hints speak of, with what their construction asks for."""

    def __init__(self, module: ModuleType) -> None:
        self._module = module
        self._known: dict[str, dict[str, Any]] = {}

    def table(self) -> dict[str, dict[str, Any]]:
        return self._known

    def add(self, kind: type[Any]) -> str | None:
        """None for what cannot be named in a test."""
        name = f"{kind.__module__}:{kind.__qualname__}"
        if name in self._known:
            return name
        if (
            "<locals>" in name
            or len(self._known) >= MOST_CLASSES
            or (kind.__module__, kind.__name__) in NAMELESS
            or kind.__module__ == "typing"
        ):
            return None
        row: dict[str, Any] = {"members": [], "parameters": [], "abstract": inspect.isabstract(kind), "below": []}
        self._known[name] = row
        if issubclass(kind, enum.Enum):
            row["members"] = list(kind.__members__)[:MOST_MEMBERS]
        elif kind.__module__ != "builtins":
            row["parameters"] = parameters(kind, self, skip=False)
            below = kind.__subclasses__() if kind.__module__ == self._module.__name__ or row["abstract"] else []
            row["below"] = [name for name in (self.add(each) for each in below[:8]) if name]
        row["error"] = issubclass(kind, BaseException)
        return name

    def hint(self, hint: Any, depth: int) -> list[Any]:  # noqa: PLR0911  one line a kind
        if hint is inspect.Parameter.empty or hint is typing.Any or depth == 0 or isinstance(hint, str):
            return ["any"]
        if hint is None:
            return ["none"]
        origin, arguments = typing.get_origin(hint), typing.get_args(hint)
        if origin is not None:
            return self._generic(origin, arguments, depth)
        if isinstance(hint, typing.TypeVar):
            return self.hint(hint.__bound__, depth - 1) if hint.__bound__ else ["any"]
        supertype = getattr(hint, "__supertype__", None)
        if supertype is not None:
            return self.hint(supertype, depth - 1)
        if not isinstance(hint, type):
            return ["any"]
        return self._plain(hint)

    def _plain(self, hint: type[Any]) -> list[Any]:
        if hint in SIMPLE:
            return [SIMPLE[hint]]
        if hint in CONTAINERS:
            return [CONTAINERS[hint]]
        if hint.__module__ == "typing" and hint.__name__ in ("TextIO", "IO"):
            return ["file"]
        if hint.__module__ in ("collections.abc", "typing") and hint.__name__ in BY_NAME:
            return [BY_NAME[hint.__name__]]
        name = self.add(hint)
        return ["class", name] if name else ["any"]

    def _generic(self, origin: Any, arguments: tuple[Any, ...], depth: int) -> list[Any]:  # noqa: PLR0911
        if origin is typing.Union or getattr(origin, "__name__", "") == "UnionType":
            return ["union", [self.hint(each, depth - 1) for each in arguments]]
        if getattr(typing, "Literal", None) is origin:
            return ["literal", [each for each in arguments if isinstance(each, (str, int, bool, type(None)))]]
        if getattr(typing, "Annotated", None) is origin:
            return self.hint(arguments[0], depth - 1)
        if origin is type:
            return ["type", self.hint(arguments[0], depth - 1)]
        word = CONTAINERS.get(origin) or BY_NAME.get(getattr(origin, "__name__", ""))
        if word is None:
            return self._plain(origin) if isinstance(origin, type) else ["any"]
        if word == "tuple":
            return self._tuple(arguments, depth)
        return [word, *self._all(arguments if word != "callable" else (), depth)]

    def _tuple(self, arguments: tuple[Any, ...], depth: int) -> list[Any]:
        if len(arguments) == 2 and arguments[1] is Ellipsis:
            return ["tuple_of", self.hint(arguments[0], depth - 1)]
        return ["tuple", *self._all(arguments, depth)]

    def _all(self, arguments: Iterable[Any], depth: int) -> list[Any]:
        return [self.hint(each, depth - 1) for each in arguments]
