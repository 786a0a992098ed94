"""A new test beside its relative: the relative's text with its parameters put in, and without what it asserts."""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Mapping, Sequence
from typing import Any

from ..mutants.text import Edit, edited
from .drafts import Draft, lines_of, own_text, tidy, without
from .relatives import Relative

MOST_WORDS = 5
WORD = re.compile(r"[A-Za-z0-9]+")


def stripped(relative: Relative) -> str | None:
    """The function's own text, with its decorators but for `parametrize`. None where that cannot be written."""
    callspec = getattr(relative.item, "callspec", None)
    if callspec is not None and set(callspec.params) != set(relative.bound):
        return None
    draft, node = relative.draft, relative.node
    text = draft.text
    put_in = _bound_edits(draft, relative.bound)
    header = _header(draft, relative.bound)
    if put_in is None or header is None:
        return None
    asserting = [step for step in draft.steps if step.asserts]
    ranges = [lines_of(text, step.node) for step in asserting]
    edits = [each for each in put_in if not any(first <= each.start < last for first, last in ranges)]
    for step, (first, last) in zip(asserting, ranges):  # noqa: B905  Python 3.9
        calls = [text.after(call, [each for each in put_in if _within(text, call, each)]) for call in step.calls]
        lines = "".join(f"{draft.indent(step.node)}{call}\n" for call in calls)
        edits.append(Edit(first, last, lines.encode()))
    edits += header
    first, last = lines_of(text, node)
    return edited(text.content, edits, first, last).decode()


def _within(text: Any, call: ast.Call, edit: Edit) -> bool:
    return bool(text.start(call) <= edit.start and edit.end <= text.end(call))


def _bound_edits(draft: Draft, bound: Mapping[str, str]) -> list[Edit] | None:
    found: list[Edit] = []
    for step in draft.node.body:
        for each in ast.walk(step):
            if isinstance(each, ast.JoinedStr) and any(
                isinstance(name, ast.Name) and name.id in bound for name in ast.walk(each)
            ):
                return None
            if isinstance(each, ast.Name) and each.id in bound:
                found.append(Edit(draft.text.start(each), draft.text.end(each), bound[each.id].encode()))
    return found


def _header(draft: Draft, bound: Mapping[str, str]) -> list[Edit] | None:
    """Its decorators, its parameters and its docstring, as they shall be."""
    node, text = draft.node, draft.text
    arguments = node.args
    body = node.body[0]
    special = (arguments.vararg, arguments.kwarg, *arguments.posonlyargs, *arguments.defaults, *arguments.kw_defaults)
    starts = min([body.lineno, *(each.lineno for each in getattr(body, "decorator_list", ()))])
    if starts <= node.lineno or any(special):
        return None
    edits: list[Edit] = []
    for each in node.decorator_list:
        if "parametrize" in draft.of(each):
            if not bound:
                return None
            start = text.at(each.lineno, 0)
            edits.append(Edit(start, text.content.find(b"\n", text.end(each)) + 1, b""))
    kept = [ast.unparse(each) for each in (*arguments.args, *arguments.kwonlyargs) if each.arg not in bound]
    returns = f" -> {draft.of(node.returns)}" if node.returns is not None else ""
    line = f"{draft.indent(node)}def {node.name}({', '.join(kept)}){returns}:\n"
    edits.append(Edit(text.at(node.lineno, 0), text.at(starts, 0), line.encode()))
    if isinstance(body, ast.Expr) and isinstance(body.value, ast.Constant):
        if len(node.body) == 1:
            return None
        edits.append(Edit(*lines_of(text, body), b""))
    return edits


def asserting(draft: Draft, step: int, call: int, line: str, *, dropped: Sequence[int] = ()) -> str:
    """The function's own text up to the step, with the assertion behind it, or in its place where it is of its call."""
    held = draft.steps[step].node
    later = {number for number in range(len(draft.steps)) if number > step or number in dropped}
    first, last = lines_of(draft.text, held)
    before = "" if call >= 0 else _ended(draft.text.content[first:last].decode())
    written = before + f"{draft.indent(held)}{line}\n"
    return tidy(own_text(without(draft, later, {step: written})))


def upto(draft: Draft, step: int, *, dropped: Sequence[int] = ()) -> str:
    """The function's own text up to the step, which is an assertion itself."""
    return tidy(own_text(without(draft, {at for at in range(len(draft.steps)) if at > step or at in dropped})))


def raising(draft: Draft, step: int, line: str, *, dropped: Sequence[int] = ()) -> str:
    """The function's own text up to the step, which stands in a block that begins with this line."""
    held = draft.steps[step].node
    later = {number for number in range(len(draft.steps)) if number > step or number in dropped}
    first, last = lines_of(draft.text, held)
    lines = _ended(draft.text.content[first:last].decode()).splitlines()
    written = f"{draft.indent(held)}{line}\n" + "".join(f"    {each}\n" if each else "\n" for each in lines)
    return tidy(own_text(without(draft, later, {step: written})))


def _ended(text: str) -> str:
    return text if text.endswith("\n") else f"{text}\n"


def spelled(name: str, namespace: Mapping[str, Any]) -> str | None:
    """How the module of a test can name an exception class."""
    held = namespace.get(name, getattr(builtins, name, None))
    if _is_exception(held, name):
        return name
    for word, module in namespace.items():
        if type(module) is type(ast) and _is_exception(getattr(module, name, None), name):
            return f"{word}.{name}"
    return None


def _is_exception(held: Any, name: str) -> bool:
    return isinstance(held, type) and issubclass(held, BaseException) and held.__name__ == name


def name_of(function: str, line: str, inputs: str, taken: set[str]) -> str:
    """Says what is called, and what shall come of it: `test_is_slug_is_false_for_a`."""
    called = "_".join(each for each in _words(function.rpartition(".")[2].strip("_")))
    words = ["test", called or "call", *_outcome(line)]
    told = _words(inputs)[:MOST_WORDS]
    name = "_".join([*words, *(["for", *told] if told else [])])[:70].rstrip("_")
    found, number = name, 2
    while found in taken:
        found, number = f"{name}_{number}", number + 1
    taken.add(found)
    return found


def _words(text: str) -> list[str]:
    text = re.sub(r"\\[nrt]", " ", text)
    return [word.lower() for word in WORD.findall(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text).replace("_", " "))]


def _outcome(line: str) -> list[str]:
    raised = re.search(r"(?:raises|assertRaises\w*)\(([\w.]+)", line)
    if raised:
        return ["raises", *_words(raised.group(1))[-4:]]
    printed = re.search(r"capsys\.readouterr\(\)\.(\w+)", line)
    if printed:
        return ["prints", *(["to", "stderr"] if printed.group(1) == "err" else [])]
    for ending, words in (("is True", "is true"), ("is False", "is false"), ("is None", "is none")):
        if line.endswith(ending) or line.startswith(f"self.assert{ending[3:]}("):
            return words.split()
    what, equals, value = line.rpartition(" == ")
    told = _words(_with_signs(value))[:3] if equals else []
    attribute = re.search(r"\.(\w+)$", what)
    if told and attribute:
        return [*_words(attribute.group(1)), "is", *told]
    return ["gives", *told] if told else ["says"] if " in " in line or "assertIn" in line else ["gives"]


def inputs_of(text: str) -> str:
    """The first two literals of a call or a statement."""
    return " ".join(re.findall(r"\"[^\"]*\"|'[^']*'|minus \d+|\b\d+\b", _with_signs(text))[:2])


def _with_signs(text: str) -> str:
    return re.sub(r"(?<![\w)'\"])-(?=\d)", "minus ", text)
