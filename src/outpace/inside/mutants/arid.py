"""What is not worth a mutant: nobody would write the test that kills it."""

from __future__ import annotations

import ast
import re

LOG_METHODS = frozenset({"critical", "debug", "error", "exception", "fatal", "info", "log", "warn", "warning"})
LOGGER = re.compile(r"(?i)_*(?:\w*_|get_?)?(?:log|logs|logger|logging)_*")
FOR_PEOPLE = frozenset({"__repr__", "__str__"})
ABOUT_THE_MODULE = frozenset({"__all__", "__author__", "__copyright__", "__license__", "__slots__", "__version__"})
NAMES_FIRST = frozenset(
    {"NamedTuple", "NewType", "ParamSpec", "TypeVar", "TypeVarTuple", "TypedDict", "cast", "namedtuple"}
)

LOGGING, WARNING, MESSAGE = "logging", "a warning", "the message of an exception"
WAITING = "how long it waits"
ASSERTION, PEOPLE, TYPES = "an assertion", "text for people", "for type checkers only"
SCRIPT, MODULE, NAME = "run as a script only", "about the module", "a name"


def arid_statement(node: ast.stmt) -> str:
    """Why nothing below it is tried, if so."""
    if isinstance(node, ast.Assert):
        return ASSERTION
    if isinstance(node, ast.If):
        return _arid_condition(node.test)
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name in FOR_PEOPLE:
        return PEOPLE
    if isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign)):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        return MODULE if any(_name(target) in ABOUT_THE_MODULE for target in targets) else ""
    return ""


def arid_call(node: ast.Call) -> str:
    """Of the call and all of its arguments."""
    function = node.func
    if _name(function) == "sleep":
        return WAITING
    if isinstance(function, ast.Attribute):
        if function.attr in LOG_METHODS and LOGGER.fullmatch(_name(function.value)):
            return LOGGING
        if function.attr == "warn" and _name(function.value) == "warnings":
            return WARNING
    return ""


def first_is_a_name(node: ast.Call) -> bool:
    return _name(node.func) in NAMES_FIRST


def _arid_condition(test: ast.expr) -> str:
    if _name(test) == "TYPE_CHECKING":
        return TYPES
    if isinstance(test, ast.Compare) and _name(test.left) == "__name__":
        return SCRIPT
    return ""


def _name(node: ast.expr) -> str:
    """The last part of a dotted name; of a call, that of what is called."""
    if isinstance(node, ast.Call):
        return _name(node.func)
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
