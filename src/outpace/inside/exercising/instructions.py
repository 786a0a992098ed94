"""Which instructions of some lines ran: what the compiler made of them, against what a tracer saw."""

from __future__ import annotations

import ast
import dis
import sys
import threading
import types
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Optional

Key = tuple[str, str, int]
"""File, name and first line of a code object."""
Ran = set[tuple[Key, int]]
ARTIFACTS = frozenset(
    [
        "RESUME",
        "CACHE",
        "NOP",
        "PRECALL",
        "EXTENDED_ARG",
        "PUSH_NULL",
        "COPY_FREE_VARS",
        "MAKE_CELL",
        "RETURN_GENERATOR",
        "GEN_START",
        "END_FOR",
        "WITH_EXCEPT_START",
        "PUSH_EXC_INFO",
        "POP_EXCEPT",
        "RERAISE",
        "COPY",
        "CHECK_EXC_MATCH",
        "JUMP_IF_NOT_EXC_MATCH",
        "DUP_TOP",
        "SETUP_FINALLY",
        "SETUP_WITH",
        "SETUP_CLEANUP",
        "POP_BLOCK",
        "END_ASYNC_FOR",
        "CLEANUP_THROW",
        "ASYNC_GEN_WRAP",
        "SEND",
        "END_SEND",
        "YIELD_VALUE",
        "JUMP_BACKWARD_NO_INTERRUPT",
        "JUMP_BACKWARD",
        "JUMP_FORWARD",
        "JUMP_ABSOLUTE",
        "POP_TOP",
        "SWAP",
        "ROT_TWO",
        "ROT_THREE",
        "ROT_FOUR",
        "DUP_TOP_TWO",
        "NOT_TAKEN",
        "POP_ITER",
        "CALL_INTRINSIC_1",
        "RETURN_VALUE",
        "DELETE_NAME",
        "DELETE_FAST",
        "DELETE_GLOBAL",
        "DELETE_DEREF",
    ]
)
"""What stands for the way out of a block, for a handler that is not reached, or for nothing."""

ASSERTS = frozenset(["LOAD_ASSERTION_ERROR", "LOAD_CONST", "PRECALL", "CALL", "CALL_FUNCTION", "CACHE", "PUSH_NULL"])
"""How an assertion that fails is raised, its text at most a constant: it refuses, and does nothing else."""


class Tracer:
    """Sees every instruction of the code in these files, and nothing else; children of forks go on with it. From Python
    3.12 on by `sys.monitoring`, each instruction once: what ran before a fork is told by who forked.

    With `needed`, code is left alone that has none of these instructions, or only such as are `known` to have run."""

    def __init__(self, files: frozenset[str], needed: Optional[Mapping[Key, frozenset[int]]] = None) -> None:
        self.files = files
        self.ran: Ran = set()
        self.needed = needed
        self.known: Ran = set()
        self.over: dict[Key, bool] = {}

    def learn(self, ran: Ran) -> None:
        self.known |= ran
        self.over.clear()

    def new(self) -> Ran:
        return self.ran - self.known

    def begin(self) -> None:
        if sys.version_info >= (3, 12):
            self._monitor()
        else:
            sys.settrace(self.entered)
            threading.settrace(self.entered)

    def _monitor(self) -> None:
        monitoring: Any = vars(sys)["monitoring"]
        events: Any = monitoring.events
        tool = next((each for each in range(6) if monitoring.get_tool(each) is None), None)
        if tool is None:
            raise RuntimeError("every place for a tool that looks at instructions is taken")

        def started(code: types.CodeType, _: int) -> Any:
            if code.co_filename in self.files and not self._is_over(code):
                monitoring.set_local_events(tool, code, events.INSTRUCTION)
            return monitoring.DISABLE

        def step(code: types.CodeType, at: int) -> Any:
            self.ran.add((_key(code), at))
            return monitoring.DISABLE

        monitoring.use_tool_id(tool, "outpace")
        monitoring.register_callback(tool, events.PY_START, started)
        monitoring.register_callback(tool, events.INSTRUCTION, step)
        monitoring.set_events(tool, events.PY_START)

    def entered(self, frame: types.FrameType, event: str, _: Any) -> Optional[Any]:
        code = frame.f_code
        if event != "call" or code.co_filename not in self.files or self._is_over(code):
            return None
        frame.f_trace_opcodes = True
        frame.f_trace_lines = False
        return self._step

    def _step(self, frame: types.FrameType, event: str, _: Any) -> Any:
        if event == "opcode":
            self.ran.add((_key(frame.f_code), frame.f_lasti))
        return self._step

    def _is_over(self, code: types.CodeType) -> bool:
        if self.needed is None:
            return False
        key = _key(code)
        if key not in self.over:
            self.over[key] = all((key, at) in self.known for at in self.needed.get(key, ()))
        return self.over[key]


_keys: dict[int, tuple[types.CodeType, Key]] = {}
"""By the code's id; the code is held so that no other gets it."""


def _key(code: types.CodeType) -> Key:
    """Two lambdas on one line are told apart by their columns, where Python knows them."""
    known = _keys.get(id(code))
    if known is None:
        positions: Any = getattr(code, "co_positions", None)
        columns = [each[2] for each in positions() if each[0] and each[2] is not None] if positions else []
        name = f"{code.co_name}@{min(columns)}" if columns and code.co_name.startswith("<") else code.co_name
        known = _keys[id(code)] = code, (code.co_filename, name, code.co_firstlineno)
    return known[1]


def needed(sources: Mapping[str, bytes], lines: Mapping[str, frozenset[int]]) -> dict[Key, frozenset[int]]:
    """The instructions that stand on those lines, by their code. Raises SyntaxError."""
    found: dict[Key, frozenset[int]] = {}
    for path, source in sources.items():
        returns = _returns(ast.parse(source))
        for code in _codes(compile(source, path, "exec", dont_inherit=True)):
            on = frozenset(each for each, line, _ in _rows(code, returns) if line in lines[path])
            if on:
                found[_key(code)] = found.get(_key(code), frozenset()) | on
    return found


def packed(ran: Ran) -> list[tuple[str, str, int, int]]:
    """As JSON."""
    return sorted((*key, at) for key, at in ran)


def unpacked(rows: Iterable[Any]) -> Ran:
    """Raises ValueError, TypeError where they do not have that shape."""
    return {((str(path), str(name), int(first)), int(at)) for path, name, first, at in rows}


def missed(sources: Mapping[str, bytes], lines: Mapping[str, frozenset[int]], ran: Ran) -> list[tuple[str, int, str]]:
    """(file, line, what) of what stands on those lines and never ran, a row for each line. Raises SyntaxError."""
    found: dict[tuple[str, int], str] = {}
    for path, source in sources.items():
        tree = ast.parse(source)
        returns = _returns(tree)
        renamed = _that_only_raise(tree)
        for code in _codes(compile(source, path, "exec", dont_inherit=True)):
            key = _key(code)
            rows = [each for each in _rows(code, returns) if each[1] in lines[path] and each[1] not in renamed]
            alike = {where for offset, _, where in rows if (key, offset) in ran}
            for offset, line, where in rows:
                if (key, offset) not in ran and where not in alike:
                    found.setdefault((path, line), where[-1])
    return [(path, line, what) for (path, line), what in sorted(found.items())]


def _returns(tree: ast.AST) -> frozenset[int]:
    return frozenset(each.lineno for each in ast.walk(tree) if isinstance(each, ast.Return))


def _that_only_raise(tree: ast.AST) -> frozenset[int]:
    """Lines of handlers that raise another exception for the one they caught, and do nothing else: it was raised all
    the same."""
    found: set[int] = set()
    for each in ast.walk(tree):
        if isinstance(each, ast.ExceptHandler) and len(each.body) == 1 and isinstance(each.body[0], ast.Raise):
            parts = (each.type, each.body[0].exc, each.body[0].cause)
            if all(part is None or _is_plain(part) for part in parts):
                found.update(range(each.lineno, (each.end_lineno or each.lineno) + 1))
    return frozenset(found)


def _is_plain(node: ast.AST) -> bool:
    """Names, texts and exceptions made of them: nothing that could do more than say what is wrong."""
    if isinstance(node, ast.Call):
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        made = name in ("str", "repr", "type") or name[:1].isupper()
        return made and not node.keywords and _is_plain(node.func) and all(map(_is_plain, node.args))
    if isinstance(node, (ast.Name, ast.Constant)):
        return True
    if isinstance(node, (ast.Attribute, ast.FormattedValue)):
        spec = getattr(node, "format_spec", None)
        return _is_plain(node.value) and (spec is None or _is_plain(spec))
    if isinstance(node, ast.JoinedStr):
        return all(map(_is_plain, node.values))
    if isinstance(node, ast.Tuple):
        return all(map(_is_plain, node.elts))
    return isinstance(node, ast.BinOp) and _is_plain(node.left) and _is_plain(node.right)


def _rows(code: types.CodeType, returns: frozenset[int]) -> Iterator[tuple[int, int, tuple[Any, ...]]]:
    """(offset, line, where): instructions with one `where` are copies that the compiler made of one. `returns` are the
    lines with a return of their own: elsewhere None is what every function returns at its end. Where an argument does
    not fit into a byte, a tracer sees EXTENDED_ARG in the place of what it stands before: that counts as a copy."""
    line = code.co_firstlineno
    before = ""
    asserts = False
    extended: list[int] = []
    for each in dis.get_instructions(code):
        if each.opname == "EXTENDED_ARG":
            extended.append(each.offset)
            continue
        positions = getattr(each, "positions", None)
        if positions is not None:
            line = positions.lineno or line
            where = (line, positions.col_offset, positions.end_col_offset, each.opname)
        else:
            started: Any = each.starts_line
            line = started or line
            where = (line, each.argrepr, each.opname)
        implied = each.opname in ("LOAD_CONST", "RETURN_CONST") and each.argval is None and line not in returns
        asserts = asserts or each.opname == "LOAD_ASSERTION_ERROR"
        if each.opname not in ARTIFACTS and not implied and not asserts and before != "WITH_EXCEPT_START":
            yield from ((offset, line, where) for offset in (*extended, each.offset))
        extended.clear()
        asserts = asserts and each.opname in ASSERTS
        if not (before == "WITH_EXCEPT_START" and each.opname in ("TO_BOOL", "CACHE")):
            before = each.opname


def _codes(code: types.CodeType) -> Iterator[types.CodeType]:
    yield code
    for each in code.co_consts:
        if isinstance(each, types.CodeType):
            yield from _codes(each)
