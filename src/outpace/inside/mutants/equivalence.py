"""Proof that a mutant changes nothing: it compiles to the same bytecode."""

from __future__ import annotations

import warnings
from types import CodeType
from typing import cast

from .sites import Mutant, mutated_text


def is_equivalent(source: str, mutant: Mutant) -> bool:
    """On this Python. False where that cannot be told."""
    try:
        return _same(_compiled(source), _compiled(mutated_text(source, mutant)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False


def _compiled(source: str) -> CodeType:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return compile(source, "<source>", "exec", dont_inherit=True)


def _same(one: CodeType, other: CodeType) -> bool:
    """But for places in the source."""
    return (
        _shape(one) == _shape(other)
        and len(one.co_consts) == len(other.co_consts)
        and all(map(_same_constant, one.co_consts, other.co_consts))
    )


def _shape(code: CodeType) -> tuple[object, ...]:
    return (
        code.co_code,
        code.co_names,
        code.co_varnames,
        code.co_freevars,
        code.co_cellvars,
        code.co_argcount,
        code.co_kwonlyargcount,
        code.co_posonlyargcount,
        code.co_flags,
        code.co_name,
        getattr(code, "co_exceptiontable", b""),
    )


def _same_constant(one: object, other: object) -> bool:
    """`1`, `1.0` and `True` are three."""
    if isinstance(one, CodeType) and isinstance(other, CodeType):
        return _same(one, other)
    if type(one) is not type(other):
        return False
    if isinstance(one, tuple):
        ours, others = cast("tuple[object, ...]", one), cast("tuple[object, ...]", other)
        return len(ours) == len(others) and all(map(_same_constant, ours, others))
    return repr(one) == repr(other)
