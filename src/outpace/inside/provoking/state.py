"""What one test could leave behind for the next: a fingerprint of each shared thing, by its name."""

from __future__ import annotations

import copy
import decimal
import itertools
import locale
import logging
import os
import signal
import socket
import sys
import time
import types
import warnings
from collections.abc import Iterator
from typing import Any

DEPTH = 6
WIDTH = 2000
MODULES = 2000
PASSED_OVER = (types.ModuleType, types.FunctionType, types.BuiltinFunctionType, types.MethodType)
OWN = frozenset({"__builtins__", "__cached__", "__loader__", "__spec__", "__file__", "__doc__", "__name__", "__path__"})
UNITTEST = frozenset({"tearDown_exceptions", "_classSetupFailed", "_class_cleanups"})
"""What unittest itself keeps in a class of tests."""
NOISE = frozenset({"PYTEST_CURRENT_TEST", "PYTEST_VERSION"})

State = dict[str, str]


class Shared:
    """The modules below `root`, and what Python keeps for a whole process."""

    def __init__(self, root: str) -> None:
        self._root = root + os.sep

    def now(self) -> State:
        return {**process_state(), **{name: printed(value) for name, (_, _, value) in self._attributes().items()}}

    def kept(self) -> dict[str, Any]:
        """Copies of the values, for `put_back`; what cannot be copied is left out."""
        found: dict[str, Any] = {}
        for name, (holder, attribute, value) in self._attributes().items():
            try:
                found[name] = (holder, attribute, _copied(value))
            except Exception:  # noqa: BLE001, S112  a foreign __deepcopy__
                continue
        return found

    def _attributes(self) -> dict[str, tuple[Any, str, Any]]:
        found: dict[str, tuple[Any, str, Any]] = {}
        for name, module, file in itertools.islice(self._modules(), MODULES):
            tests = _is_test(file)
            prefix = f"{file[len(self._root) :]}::" if tests else f"{name}."
            found.update(_of_module(module, name, prefix))
        return found

    def _modules(self) -> Iterator[tuple[str, types.ModuleType, str]]:
        for name, module in list(sys.modules.items()):
            file = getattr(module, "__file__", None)
            if isinstance(file, str) and file.startswith(self._root) and "site-packages" not in file:
                yield name, module, file


def _copied(value: Any) -> Any:
    """Python 3.12 warns of a copy of itertools.count, which a project may make an error of."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return copy.deepcopy(value)


def _is_test(file: str) -> bool:
    name = os.path.basename(file)
    return name.startswith("test_") or name.endswith("_test.py") or name == "conftest.py"


def _of_module(module: types.ModuleType, name: str, prefix: str) -> dict[str, tuple[Any, str, Any]]:
    found: dict[str, tuple[Any, str, Any]] = {}
    for attribute, value in list(vars(module).items()):
        if attribute in OWN or attribute.startswith("@"):
            continue
        if isinstance(value, type):
            if value.__module__ == name:
                found.update(_of_class(value, prefix))
        elif hasattr(value, "cache_info"):
            found[f"{prefix}{attribute}.cache"] = (None, attribute, _cache(value))
        elif not isinstance(value, PASSED_OVER):
            found[prefix + attribute] = (module, attribute, value)
    return found


def _of_class(found: type, prefix: str) -> dict[str, tuple[Any, str, Any]]:
    return {
        f"{prefix}{found.__name__}.{name}": (found, name, value)
        for name, value in list(vars(found).items())
        if not name.startswith("__") and name not in UNITTEST and not callable(value) and not hasattr(value, "__get__")
    }


def _cache(function: Any) -> Any:
    try:
        return function.cache_info().currsize
    except Exception:  # noqa: BLE001  no cache of functools
        return None


def put_back(kept: dict[str, Any], name: str) -> bool:
    """False where there is nothing to put back."""
    if name not in kept or kept[name][0] is None:
        return False
    holder, attribute, value = kept[name]
    current: Any = getattr(holder, attribute, None)
    value = _copied(value)
    if type(current) is not type(value) or not isinstance(value, (dict, list, set)):
        setattr(holder, attribute, value)
        return True
    current.clear()
    if isinstance(value, list):
        current.extend(value)
    else:
        current.update(value)
    return True


def process_state() -> State:
    context = decimal.getcontext()
    found = {
        "os.getcwd()": _cwd(),
        "sys.path": repr(sys.path),
        "sys.argv": repr(sys.argv),
        "sys.getrecursionlimit()": str(sys.getrecursionlimit()),
        "sys.getswitchinterval()": str(sys.getswitchinterval()),
        "sys.stdout": type(sys.__stdout__).__name__,
        "sys.excepthook": _where(sys.excepthook),
        "warnings.filters": repr([_filter(each) for each in warnings.filters]),
        "decimal.getcontext().prec": str(context.prec),
        "decimal.getcontext().rounding": str(context.rounding),
        "decimal.getcontext().traps": repr(sorted(each.__name__ for each, on in context.traps.items() if on)),
        "socket.getdefaulttimeout()": str(socket.getdefaulttimeout()),
        "time.tzname": repr(time.tzname),
        "time.time": _where(time.time),
        "umask": _umask(),
        "logging.root.manager.disable": str(logging.root.manager.disable),
        "locale.setlocale(locale.LC_ALL)": _locale(),
    }
    found.update((f"os.environ[{name!r}]", value) for name, value in os.environ.items() if name not in NOISE)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGALRM):
        found[f"signal.getsignal({number.name})"] = _where(signal.getsignal(number))
    found.update(_loggers())
    return found


def _loggers() -> State:
    found: State = {"logging.getLogger().level": str(logging.root.level)}
    for name, each in list(logging.root.manager.loggerDict.items()):
        if isinstance(each, logging.Logger):
            called = f"logging.getLogger({name!r})"
            found[f"{called}.level"] = str(each.level)
            found[f"{called}.disabled"] = str(each.disabled)
            found[f"{called}.propagate"] = str(each.propagate)
            found[f"{called}.handlers"] = repr([type(handler).__name__ for handler in each.handlers])
    return found


def _filter(each: Any) -> str:
    return repr((each[0], str(each[1]), getattr(each[2], "__name__", ""), str(each[3]), each[4]))


def _cwd() -> str:
    try:
        return os.getcwd()
    except OSError:
        return "gone"


def _umask() -> str:
    now = os.umask(0o22)
    os.umask(now)
    return oct(now)


def _locale() -> str:
    try:
        return str(locale.setlocale(locale.LC_ALL))
    except locale.Error:
        return "not supported"


def _where(value: Any) -> str:
    return f"{getattr(value, '__module__', '')}.{getattr(value, '__qualname__', type(value).__name__)}"


def changed(before: State, after: State) -> list[str]:
    """Names whose thing is not what it was; a logger that was only made is no change."""
    names: list[str] = []
    for name in {**before, **after}:
        if before.get(name) == after.get(name):
            continue
        if name.startswith("logging.getLogger(") and name not in before and _fresh(name, after[name]):
            continue
        names.append(name)
    return sorted(names)


def _fresh(name: str, value: str) -> bool:
    return {"level": "0", "disabled": "False", "propagate": "True", "handlers": "[]"}.get(
        name.rpartition(".")[2]
    ) == value


def printed(value: Any) -> str:
    """Equal for equal structures; addresses and whatever a foreign method would say are left out."""
    return _printed(value, DEPTH, set())


def _printed(value: Any, depth: int, above: set[int]) -> str:
    kind: Any = _any(type(value))
    if kind.__repr__ in PLAIN_REPR:
        return repr(value)[:WIDTH]
    if depth == 0 or id(value) in above:
        return kind.__name__
    below = {*above, id(value)}
    if isinstance(value, dict):
        content = [f"{_printed(k, depth - 1, below)}:{_printed(v, depth - 1, below)}" for k, v in _pairs(value)]
    elif isinstance(value, (list, tuple, set, frozenset)):
        content = [_printed(each, depth - 1, below) for each in _first(value)]
    else:
        return f"{kind.__qualname__}({_inside(value, depth, below)})"
    if isinstance(value, (set, frozenset)):
        content.sort()
    return f"{kind.__name__}{len(_any(value))}[{','.join(content)}]"


PLAIN_REPR = frozenset(each.__repr__ for each in (type(None), bool, int, float, complex, str, bytes))


def _any(value: Any) -> Any:
    return value


def _pairs(value: Any) -> list[tuple[Any, Any]]:
    return _first(_any(dict).items(value))


def _first(values: Any) -> list[Any]:
    return list(itertools.islice(values, WIDTH))


def _inside(value: Any, depth: int, above: set[int]) -> str:
    """`repr` of itertools.count and its like tells their position; of others, what their instances hold."""
    kind: Any = _any(type(value))
    if kind.__module__ in ("itertools", "collections", "datetime", "decimal", "fractions", "pathlib", "uuid"):
        text = repr(value)
        return "" if " at 0x" in text else text[:WIDTH]
    held: Any = getattr(value, "__dict__", None)
    if not isinstance(held, dict) or kind.__module__.partition(".")[0] in ("_pytest", "pytest", "threading", "logging"):
        return ""
    return _printed(held, depth - 1, above)
