"""Constants that a change brings, put into the inputs: a hidden trigger waits for one of its own."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator, Sequence

from msgspec import structs

from outpace.proving.ladder.cases import Benign, Case, Room, Witness, numbered, thinned
from outpace.proving.ladder.literals import replaced, replaced_at, texts
from outpace.proving.ladder.neighbors import is_plain, place_of, said_by_data
from outpace.proving.ladder.patch import Patch, PatchedFile
from outpace.proving.ladder.shape import code
from outpace.proving.ladder.triggers import triggered
from outpace.proving.ladder.variants import control_of, in_rounds, says_itself

MOST = 300
"""Of texts, and of numbers."""
MOST_WORDED = 120
MOST_CUT = 60
MOST_EXCHANGED = 160
MOST_BROUGHT, MOST_HELD = 120, 20
LONGEST_NUMBER = 100_000
LONGEST = 200
MOST_TIMES = 5000
SHORT = 12
TEXTS, NUMBERS, CUTS, EXCHANGED = "texts", "numbers", "cuts", "exchanged"
WORD = re.compile(r"[A-Za-z]{4,}")
PADDING = ("/", " ", "a", "0", "./", "%20")
Constant = str | bytes | int | float


def brought(patch: Patch) -> tuple[Constant, ...]:
    """Texts and numbers that stand in the code after, more often than before; those of tests are no triggers, and those
    that are too many are not tried. Raises SyntaxError."""
    return _brought(patch)[:MOST_BROUGHT]


def untried(patch: Patch) -> int:
    """How many of them are too many."""
    return max(0, len(_brought(patch)) - MOST_BROUGHT)


def _brought(patch: Patch) -> tuple[Constant, ...]:
    found: dict[tuple[type, Constant], None] = {}
    for file in code(patch):
        before = Counter(constants(file.before or b""))
        for each, times in Counter(constants(file.after or b"")).items():
            if times > before[each]:
                found[each] = None
    return tuple(value for _, value in found)


def triggers(patch: Patch) -> tuple[Constant, ...]:
    """And those that short names of the module stand for which added lines use: a trigger may be there already."""
    found = dict.fromkeys((type(each), each) for each in brought(patch))
    for file in code(patch):
        found.update(dict.fromkeys(_named(file)))
    return tuple(value for _, value in found)[:MOST_BROUGHT]


def _named(file: PatchedFile) -> Iterator[tuple[type, Constant]]:
    tree = ast.parse(file.after or b"")
    nodes = (node for node in ast.walk(tree) if isinstance(node, ast.Name) and node.lineno in file.added)
    used = {node.id for node in nodes if isinstance(node.ctx, ast.Load)}
    for each in tree.body:
        match each:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=value)
                | ast.AnnAssign(target=ast.Name(id=name), value=value)
            ):
                held = [node for node in ast.walk(value or ast.Constant(None)) if isinstance(node, ast.Constant)]
                if name in used and len(held) <= MOST_HELD:
                    yield from (
                        (type(one.value), one.value) for one in held if isinstance(one.value, str | int) and one.value
                    )
            case _:
                pass


def constants(source: bytes) -> Iterator[tuple[type, Constant]]:
    """Docstrings left out; adjacent texts that are added or joined are also given as one."""
    tree = ast.parse(source)
    documents = {id(text) for text in _docstrings(tree)}
    within = {id(node.left) for node in ast.walk(tree) if isinstance(node, ast.BinOp)}
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str() | bytes() | int() | float() as value) if id(node) not in documents:
                if not isinstance(value, bool) and value not in ("", b""):
                    yield type(value), value
            case ast.BinOp(op=ast.Add()) | ast.JoinedStr() if id(node) not in within:
                if joined := _joined(node):
                    yield str, joined
            case _:
                pass


def _docstrings(tree: ast.Module) -> Iterator[ast.Constant]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and node.body:
            match node.body[0]:
                case ast.Expr(value=ast.Constant(value=str()) as text):
                    yield text
                case _:
                    pass


def _joined(node: ast.AST) -> str:
    match node:
        case ast.Constant(value=str() as text):
            return text
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            one, other = _joined(left), _joined(right)
            return one + other if one and other else ""
        case ast.JoinedStr(values=values):
            return "".join(_joined(each) for each in values if isinstance(each, ast.Constant))
        case _:
            return ""


def spliced(
    patch: Patch, witnesses: Sequence[Witness], benign: Sequence[Benign], siblings: Sequence[str] = ()
) -> tuple[Case, ...]:
    """Each constant before, behind, within and in the place of each text of the inputs. Raises SyntaxError."""
    values = triggers(patch)
    made = _Made(witnesses, values)
    for number, (of, setup, does, is_benign) in enumerate(_inputs(witnesses, benign, siblings)):
        given = Case(id=str(number), setup=setup, does=does, of=of, control=(setup, does) if is_benign else None)
        for value in values:
            made.put(TEXTS if isinstance(value, str | bytes) else NUMBERS, given, value)
            made.put(CUTS, given, value)
            made.put(EXCHANGED, given, value)
    cases = (
        *made.chosen(TEXTS, MOST),
        *made.chosen(NUMBERS, MOST),
        *made.chosen(CUTS, MOST_CUT),
        *made.chosen(EXCHANGED, MOST_EXCHANGED),
        *triggered(patch, witnesses, siblings, values),
    )
    return numbered("spliced", cases)


class _Made:
    """Inputs of each kind, of which a cut leaves out no constant, and no input that they were made of."""

    def __init__(self, witnesses: Sequence[Witness], values: Sequence[Constant]) -> None:
        self.witnesses, self.values = witnesses, values
        self.groups: dict[tuple[str, str, str], list[tuple[Case, str]]] = {}
        self.known: set[tuple[str, int, str, str]] = set()

    def put(self, kind: str, given: Case, value: Constant) -> None:
        witness, sort = self.witnesses[given.of], _told(value)
        group = self.groups.setdefault((kind, given.id, sort), [])
        for other in self._others(kind, given.does, value):
            key = (kind, given.of, given.setup, other)
            if key not in self.known and (not says_itself(witness, other) or says_itself(witness, given.does)):
                self.known.add(key)
                group.append((given, other))

    def _others(self, kind: str, does: str, value: Constant) -> Iterator[str]:
        if kind == CUTS:
            return _cut(does, value)
        return _exchanged(does, value, self.values) if kind == EXCHANGED else _with(does, value)

    def chosen(self, kind: str, most: int) -> list[Case]:
        groups = ([(*each, sort) for each in group] for (its, _, sort), group in self.groups.items() if its == kind)
        return [self._case(*each) for each in in_rounds(groups)[:most]]

    def _case(self, given: Case, does: str, sort: str) -> Case:
        control = given.control or control_of(self.witnesses[given.of], given.does, does)
        return structs.replace(given, does=does, sort=sort, control=control)


def worded(patch: Patch, benign: Sequence[Benign], room: Sequence[Room] = ()) -> tuple[Case, ...]:
    """Benign inputs with the plain constants of a change in them, which no filter has a reason to refuse."""
    data = said_by_data(room, benign)
    values = [value for value in brought(patch) if isinstance(value, str) and is_plain(value)]
    found: dict[tuple[str, str], Case] = {}
    for number, each in enumerate(benign):
        for value in values:
            for text, old, does in replaced_at(each.does, lambda text, value=value: _worded(text, value)):
                place = place_of(f"{number}:{text}", old, data)
                case = Case(id="", setup=each.setup, does=does, of=number, sort=_told(value), place=place)
                found.setdefault((each.setup, does), case)
    return numbered("worded", thinned(found.values(), MOST_WORDED))


def of_witnesses(cases: Sequence[Case], witnesses: Sequence[Witness]) -> tuple[Case, ...]:
    """Those `worded` with a word of a witness: a name that its input happens to hold is no reason to refuse another."""
    words = {word.lower() for each in witnesses for text in texts(each.does) for word in WORD.findall(text)}
    return tuple(case for case in cases if case.sort.strip("'").lower() in words)


def _worded(text: str, value: str) -> Iterator[str]:
    if is_plain(text):
        yield from (value, value + text, text + value)


def _inputs(
    witnesses: Sequence[Witness], benign: Sequence[Benign], siblings: Sequence[str] = ()
) -> Iterator[tuple[int, str, str, bool]]:
    """A benign input is judged by the oracle of each witness, unless it shows the effect as it is: it may."""
    for number, witness in enumerate(witnesses):
        for does in (witness.does, *siblings):
            if not says_itself(witness, does):
                yield number, witness.setup, does, False
    for number in range(len(witnesses)):
        for each in benign:
            yield number, each.setup, each.does, True


def _with(does: str, value: Constant) -> Iterator[str]:
    match value:
        case str() if len(value) <= LONGEST:
            yield from replaced(does, lambda text: _put_into(text, value))
        case bytes() if len(value) <= LONGEST:
            yield from replaced(does, lambda text: _put_into(text, value.decode("latin-1")))
        case int() | float():
            yield from _numbers(does, value)
        case _:
            return


def _exchanged(does: str, value: Constant, values: Sequence[Constant]) -> Iterator[str]:
    """What the change would make one of its texts, written as another of them: `.replace(value, other)` undoes it."""
    for other in values:
        if isinstance(value, str) and isinstance(other, str) and value != other and other in does:
            yield from replaced(does, lambda text, other=other: iter([text.replace(other, value)]))


def _put_into(text: str, piece: str) -> Iterator[str]:
    yield piece
    yield piece + text
    yield text + piece
    yield text + "/" + piece
    yield text + "?" + piece + "=1"
    for place in _seams(text):
        yield text[:place] + piece + text[place:]


def _seams(text: str) -> list[int]:
    """Between any two characters of a short text, else beside each one that is no letter and no digit."""
    if len(text) <= SHORT:
        return list(range(1, len(text)))
    return [place for place in range(1, len(text)) if not (text[place - 1].isalnum() and text[place].isalnum())][:24]


def _numbers(does: str, value: float) -> Iterator[str]:
    tree = ast.parse(does, mode="eval")
    for node in [each for each in ast.walk(tree) if isinstance(each, ast.Constant)]:
        old = node.value
        if isinstance(old, int | float) and not isinstance(old, bool):
            for other in (value, value + 1, value - 1):
                node.value = other
                yield ast.unparse(tree)
        elif isinstance(old, str) and isinstance(value, int) and 0 < value <= LONGEST_NUMBER:
            for text in _as_long_as(old, value):
                node.value = text
                yield ast.unparse(tree)
        node.value = old


def _cut(does: str, value: Constant) -> Iterator[str]:
    """A text whose last mark is the last that is kept, where a check makes two of it; what lies behind it goes on in
    the next text, from its own first mark on."""
    if not isinstance(value, int) or not 1 < value <= LONGEST * 10:
        return
    tree = ast.parse(does, mode="eval")
    held = [each for each in ast.walk(tree) if isinstance(each, ast.Constant) and isinstance(each.value, str)]
    for node in held:
        for other in held:
            before, behind = node.value, other.value
            for mark in ("'", '"'):
                if other is not node and isinstance(behind, str) and mark in behind:
                    node.value, other.value = "a" * (value - 1) + mark, behind.partition(mark)[2]
                    yield ast.unparse(tree)
                    node.value, other.value = before, behind


def _as_long_as(text: str, length: int) -> Iterator[str]:
    """Texts that mean the same to somebody, and are as long as a number says, or longer than that."""
    for wanted in (length, length + 1, length + len(text)):
        left = wanted - len(text)
        if left > 0:
            for piece in PADDING if length <= LONGEST * 10 else PADDING[:1]:
                pad = (piece * left)[:left]
                yield pad + text
                yield text + pad
            yield "/" * (left % 2) + "./" * (left // 2) + text
    if length <= LONGEST * 10:
        yield (text + "a" * length)[:length]
        yield text + "a" * length


def _told(value: Constant) -> str:
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:37]}..."
