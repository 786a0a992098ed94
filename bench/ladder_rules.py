"""Rules that make a wrong change of a right one, by its tree and by its lines: what a hurried author gets wrong."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from bench.ladder_source import Edit, Source

Found = Iterator[tuple[Edit, ...]]
Rule = Callable[[Source], Found]
REFUSES = (ast.Raise, ast.Return, ast.Continue, ast.Break)


def guards(source: Source) -> Iterator[ast.If]:
    for node in source.new(ast.If):
        if isinstance(node, ast.If) and not node.orelse and isinstance(node.body[-1], REFUSES):
            yield node


def passage_dropped(source: Source) -> Found:
    """A part of the change is left out."""
    if len(source.passages) < 2:
        return
    for (old_from, old_to), (new_from, new_to) in source.passages:
        start = sum(map(len, source.lines[:new_from]))
        end = start + sum(map(len, source.lines[new_from:new_to]))
        yield (Edit(start, end, "".join(source.old_lines[old_from:old_to])),)


def guard_inverted(source: Source) -> Found:
    """A check refuses what it should let pass, and the other way round."""
    for guard in guards(source):
        yield (source.put(guard.test, f"not ({source.of(guard.test)})"),)


def guard_removed(source: Source) -> Found:
    """A check is left out."""
    for guard in guards(source):
        yield (source.removed(guard),)


def guard_idle(source: Source) -> Found:
    """A check is made, and nothing follows from it."""
    for guard in guards(source):
        first, last = guard.body[0], guard.body[-1]
        yield (Edit(source.start(first), source.end(last), "pass"),)


def guard_late(source: Source) -> Found:
    """A check stands behind the statement that it is for."""
    for guard in guards(source):
        statements, index = source.block(guard)
        if index + 1 < len(statements) and not source.of(guard).startswith("elif"):
            start, middle = source.whole(guard)
            after, end = source.whole(statements[index + 1])
            yield (Edit(start, end, source.text[after:end] + source.text[middle:after] + source.text[start:middle]),)


def _narrowed(source: Source, word: str, condition: str) -> Found:
    for guard in guards(source):
        read = {node.id for node in ast.walk(guard.test) if isinstance(node, ast.Name)}
        for name in [each for each in source.names_before(guard) if each in read][:1]:
            test = f"({source.of(guard.test)}) {word} {condition.replace('NAME', name)}"
            yield (source.put(guard.test, test),)


def guard_for_short(source: Source) -> Found:
    """A check is made of short values only."""
    return _narrowed(source, "and", "len(str(NAME)) < 24")


def guard_for_plain(source: Source) -> Found:
    """A check is left out for values that hold a digit."""
    return _narrowed(source, "and", "not any(each.isdigit() for each in str(NAME))")


def guard_for_lower(source: Source) -> Found:
    """A check is made of values in small letters only."""
    return _narrowed(source, "and", "str(NAME) == str(NAME).lower()")


def too_strict_ascii(source: Source) -> Found:
    """A check refuses all that is not ASCII too."""
    return _narrowed(source, "or", "not str(NAME).isascii()")


def too_strict_long(source: Source) -> Found:
    """A check refuses values of more than sixteen characters too."""
    return _narrowed(source, "or", "len(str(NAME)) > 16")


def refuses_all(source: Source) -> Found:
    """A check refuses everything."""
    for guard in guards(source):
        yield (source.put(guard.test, "True"),)


def refusal_is_none(source: Source) -> Found:
    """What is refused is answered with None."""
    for node in source.new(ast.Raise):
        yield (source.put(node, "return None"),)


def refusal_swallowed(source: Source) -> Found:
    """What is raised is swallowed."""
    for node in source.new(ast.Raise):
        yield (source.put(node, "pass"),)


def prefix_loosened(source: Source) -> Found:
    """A whole comparison becomes one of how a text begins or ends."""
    for node in source.new((ast.Call, ast.Compare)):
        match node:
            case ast.Call(
                func=ast.Attribute(attr="startswith" | "endswith"), args=[ast.BinOp(op=ast.Add()) as both, *_]
            ):
                kept = both.left if source.of(node).find(".startswith(") >= 0 else both.right
                yield (source.put(both, source.of(kept)),)
            case ast.Call(func=ast.Attribute(value=value, attr="is_relative_to"), args=[other]):
                yield (source.put(node, f"str({source.of(value)}).startswith(str({source.of(other)}))"),)
            case ast.Compare(left=left, ops=[ast.NotEq() | ast.Eq() as op], comparators=[right]):
                no = "not " if isinstance(op, ast.NotEq) else ""
                yield (source.put(node, f"{no}str({source.of(left)}).startswith(str({source.of(right)}))"),)
            case ast.Compare(left=left, ops=[ast.NotIn() | ast.In() as op], comparators=[right]):
                no = "not " if isinstance(op, ast.NotIn) else ""
                yield (
                    source.put(
                        node, f"{no}any(str({source.of(left)}).startswith(str(each)) for each in {source.of(right)})"
                    ),
                )
            case _:
                pass


OTHER_WAY: dict[type[ast.cmpop], str] = {
    ast.Lt: "<=",
    ast.LtE: "<",
    ast.Gt: ">=",
    ast.GtE: ">",
    ast.Is: "is not",
    ast.IsNot: "is",
    ast.In: "not in",
    ast.NotIn: "in",
}


def comparison_changed(source: Source) -> Found:
    """A bound is moved by one, or a comparison says the opposite."""
    for node in source.new(ast.Compare):
        if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in OTHER_WAY:
            sides = source.of(node.left), source.of(node.comparators[0])
            yield (source.put(node, f"{sides[0]} {OTHER_WAY[type(node.ops[0])]} {sides[1]}"),)


def and_for_or(source: Source) -> Found:
    """`and` stands where `or` belongs, or the other way round."""
    for node in source.new(ast.BoolOp):
        if isinstance(node, ast.BoolOp):
            word = " or " if isinstance(node.op, ast.And) else " and "
            yield (source.put(node, "(" + word.join(f"({source.of(each)})" for each in node.values) + ")"),)


def operand_dropped(source: Source) -> Found:
    """One of several conditions is left out."""
    for node in source.new(ast.BoolOp):
        if isinstance(node, ast.BoolOp):
            for left_out in range(len(node.values)):
                word = " and " if isinstance(node.op, ast.And) else " or "
                kept = [source.of(each) for at, each in enumerate(node.values) if at != left_out]
                yield (source.put(node, "(" + word.join(f"({each})" for each in kept) + ")"),)


def element_dropped(source: Source) -> Found:
    """One of several values is left out."""
    for node in source.new((ast.Tuple, ast.Set, ast.List)):
        if isinstance(node, (ast.Tuple, ast.Set, ast.List)) and len(node.elts) > 1:
            for at in sorted({0, len(node.elts) - 1}):
                after = node.elts[at + 1] if at + 1 < len(node.elts) else None
                start = source.start(node.elts[at]) if after else source.end(node.elts[at - 1])
                end = source.start(after) if after else source.end(node.elts[at])
                yield (Edit(start, end, "," if at == 1 and isinstance(node, ast.Tuple) else ""),)


def pattern_loosened(source: Source) -> Found:
    """A regular expression no longer holds for the whole text, or takes more than it should."""
    for node in source.new((ast.Call, ast.Constant)):
        match node:
            case ast.Call(func=ast.Attribute(attr="fullmatch") as function):
                yield (Edit(source.end(function) - len("fullmatch"), source.end(function), "match"),)
            case ast.Call(func=ast.Attribute(attr="match", value=ast.Name(id="re")) as function):
                yield (Edit(source.end(function) - len("match"), source.end(function), "search"),)
            case ast.Constant(value=str() | bytes()) if _pattern(source, node):
                text = source.of(node)
                for old, new in (
                    ("$", ""),
                    (r"\Z", ""),
                    ("^", ""),
                    (r"\A", ""),
                    ("[^", "["),
                    ("+", "*"),
                    (r"\.", "."),
                    ("{", "+{"),
                ):
                    if old in text:
                        yield (source.put(node, text.replace(old, new, 1)),)
            case _:
                pass


def _pattern(source: Source, node: ast.AST) -> bool:
    parent = source.parents.get(node)
    match parent:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="re"))):
            return True
        case _:
            return False


def arguments_swapped(source: Source) -> Found:
    """Two arguments stand in the wrong order."""
    for node in source.new(ast.Call):
        if isinstance(node, ast.Call) and len(node.args) > 1 and not isinstance(node.args[1], ast.Starred):
            first, second = node.args[:2]
            yield (source.put(first, source.of(second)), source.put(second, source.of(first)))


def constant_changed(source: Source) -> Found:
    """A number or a text is another one."""
    for node in source.new(ast.Constant):
        if not isinstance(node, ast.Constant) or isinstance(source.parents.get(node), (ast.Expr, ast.JoinedStr)):
            continue
        raised = any(isinstance(each, ast.Raise) for each in _above(source, node))
        match node.value:
            case bool():
                yield (source.put(node, str(not node.value)),)
            case int():
                yield (source.put(node, str(node.value + 1)),)
            case str() if 0 < len(node.value) < 24 and not raised:
                yield (source.put(node, repr(node.value[:-1])),)
            case _:
                pass


def _above(source: Source, node: ast.AST) -> Iterator[ast.AST]:
    while node in source.parents:
        node = source.parents[node]
        yield node


def wrong_variable(source: Source) -> Found:
    """A check or a call looks at another value than the one that is used."""
    for node in source.new(ast.Name):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            names = source.names_before(node)
            if node.id in names:
                for other in [each for each in names if each != node.id][:2]:
                    yield (source.put(node, other),)


def result_unused(source: Source) -> Found:
    """What a call gives is not used: the value from before goes on."""
    for node in source.new(ast.Assign):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call() as call) if name in source.names_before(node):
                yield (source.put(node, source.of(call)),)
            case _:
                pass


def falls_back(source: Source) -> Found:
    """Where the new line raises, the old one is run after all."""
    for (old_from, old_to), (new_from, new_to) in source.passages:
        old, new = source.old_lines[old_from:old_to], source.lines[new_from:new_to]
        if not old or not new or not new[0].startswith(" "):
            continue
        indent = new[0][: len(new[0]) - len(new[0].lstrip())]
        start = sum(map(len, source.lines[:new_from]))
        inner = "".join(f"    {line}" for line in new)
        fallback = "".join(f"    {line}" for line in old)
        text = f"{indent}try:\n{inner}{indent}except Exception:\n{fallback}"
        yield (Edit(start, start + sum(map(len, new)), text),)


def step_dropped(source: Source) -> Found:
    """A step is left out: a value is used as it came."""
    for node in source.new(ast.Call):
        match node:
            case ast.Call(func=ast.Name(id=name), args=[ast.AST() as only], keywords=[]) if name[:1].islower():
                yield (source.put(node, source.of(only)),)
            case ast.Call(func=ast.Attribute(value=ast.Name()), args=[ast.AST() as only], keywords=[]):
                yield (source.put(node, source.of(only)),)
            case ast.Call(func=ast.Attribute(value=value), args=[], keywords=[]):
                yield (source.put(node, source.of(value)),)
            case _:
                pass


def first_alone(source: Source) -> Found:
    """Only the first of several values is looked at, or one that is good will do."""
    for node in source.new((ast.For, ast.Call, ast.comprehension)):
        match node:
            case ast.For(iter=values):
                yield (source.put(values, f"list({source.of(values)})[:1]"),)
            case ast.Call(func=ast.Name(id="all" | "any" as name) as function):
                yield (source.put(function, "any" if name == "all" else "all"),)
            case ast.Call(func=ast.Attribute(attr="replace"), args=[_, second], keywords=[]):
                yield (Edit(source.end(second), source.end(second), ", 1"),)
            case _:
                pass


def other_type(source: Source) -> Found:
    """The answer is of another type than before."""
    for node in source.new(ast.Return):
        if isinstance(node, ast.Return) and node.value is not None and not isinstance(node.value, ast.Constant):
            yield (source.put(node.value, f"str({source.of(node.value)})"),)


def nothing_returned(source: Source) -> Found:
    """The answer is lost."""
    for node in source.new(ast.Return):
        if isinstance(node, ast.Return) and node.value is not None and not isinstance(node.value, ast.Constant):
            yield (source.put(node.value, "None"),)


RULES: tuple[Rule, ...] = (
    passage_dropped,
    guard_inverted,
    guard_removed,
    guard_idle,
    guard_late,
    guard_for_short,
    guard_for_plain,
    guard_for_lower,
    too_strict_ascii,
    too_strict_long,
    refuses_all,
    refusal_is_none,
    refusal_swallowed,
    prefix_loosened,
    comparison_changed,
    and_for_or,
    operand_dropped,
    element_dropped,
    pattern_loosened,
    arguments_swapped,
    constant_changed,
    wrong_variable,
    result_unused,
    falls_back,
    step_dropped,
    first_alone,
    other_type,
    nothing_returned,
)
