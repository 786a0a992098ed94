"""The smallest changes of a file that can stand alone, and what the file is when some of them are made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from difflib import SequenceMatcher
from typing import Literal, NamedTuple, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from outpace.delivery.splitting.blocks import Block, Source, heads, opened, source
from outpace.delivery.splitting.mentions import NOTHING, Mentions, Taken, bare_dump, mentions, taken_by
from outpace.delivery.splitting.pieces import FILE, Changed, Gone, Partly, State, Whole
from outpace.delivery.splitting.roles import Role, role_of

How: TypeAlias = Literal["add", "change", "remove"]
WIDEST = 88
IMPORT = "import of "
COMPARED_AT_MOST = 4_000_000  # pairs of lines


class Schemed(NamedTuple):
    """What a new migration does to tables and columns, for the release that ran before it."""

    adds: frozenset[str] = frozenset()
    drops: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()  # whatever it mentions
    breaks: bool = False  # that release does not go on beside it
    unknown: bool = False  # nobody can tell whether it does


class Atom(Struct, frozen=True, kw_only=True):
    """`before` and `after` are what it replaces and brings; `whole` where it is all that happens to its file."""

    number: int
    path: str
    label: str
    how: How
    role: Role
    before: Mentions = NOTHING
    after: Mentions = NOTHING
    lines: int = 0
    whole: bool = False
    texts: tuple[str, str] = ("", "")
    owner: str = ""
    told_alone: bool = False  # docstrings and the types of arguments change, and nothing else does
    schemed: Schemed = Schemed()

    @property
    def is_import(self) -> bool:
        return self.label.startswith(IMPORT) and not self.whole


class Element(Struct, frozen=True, kw_only=True):
    """A part of a file: a text for each number of its atoms that are made, or an import with a name for each."""

    texts: tuple[str, ...]
    atoms: tuple[int, ...] = ()
    names: tuple[str, ...] = ()  # beside the atoms: `+name` or `-name`
    kept: tuple[str, ...] = ()
    opening: str = ""  # `from module import`

    def text(self, made: Collection[int]) -> str:
        done = sum(atom in made for atom in self.atoms)
        if not self.names:
            return self.texts[done]
        if done in (0, len(self.atoms)):
            return self.texts[-1 if done else 0]
        told = zip(self.atoms, self.names, strict=True)
        there = [name[1:] for atom, name in told if (name[0] == "+") == (atom in made)]
        return _import(self.opening, sorted([*self.kept, *there]), self.texts[0])


class Layout(Struct, frozen=True, kw_only=True):
    """One changed file. Without elements it is one atom, as a whole."""

    changed: Changed
    atoms: tuple[int, ...]
    elements: tuple[Element, ...] = ()
    takes: tuple[Taken, ...] = ()  # what the file imports on either side

    def state(self, made: Collection[int]) -> State | None:
        """None: as it is at base."""
        before, after = self.changed.before, self.changed.after
        done = sum(atom in made for atom in self.atoms)
        if done == 0:
            return None
        if done == len(self.atoms):
            return Whole(after.mode, after.id) if after is not None else Gone()
        assert before is not None
        return Partly(before.mode, self.text(made))

    def text(self, made: Collection[int]) -> str:
        return "".join(element.text(made) for element in self.elements)


class Atoms(NamedTuple):
    all: tuple[Atom, ...]
    layouts: tuple[Layout, ...]


def atoms_of(files: Iterable[Changed]) -> Atoms:
    every: list[Atom] = []
    layouts: list[Layout] = []
    for changed in files:
        made, elements = _cut(changed, len(every))
        every += made
        numbers = tuple(atom.number for atom in made)
        layouts.append(Layout(changed=changed, atoms=numbers, elements=elements, takes=_imports(changed)))
    return Atoms(tuple(every), tuple(layouts))


def _cut(changed: Changed, first: int) -> tuple[list[Atom], tuple[Element, ...]]:
    sides = (changed.before, changed.after)
    texts = [side.text for side in sides if side is not None and side.text is not None]
    regular = all(side is not None and is_plain_file(side.mode) for side in sides)
    same_mode = changed.before is not None and changed.after is not None and changed.before.mode == changed.after.mode
    if changed.path.endswith((".py", ".pyi")) and len(texts) == 2 and regular and same_mode:
        read = [source(text) for text in texts]
        if all(read) and any(texts):
            before, after = (each for each in read if each is not None)
            made = _Cutting(changed.path, first).cut(before, after)
            if made[0]:
                return made
    return [_whole(changed, first)], ()


def _imports(changed: Changed) -> tuple[Taken, ...]:
    texts = (side.text for side in (changed.before, changed.after) if side is not None)
    if not changed.path.endswith((".py", ".pyi")):
        return ()
    read = (source(text if text.endswith("\n") else f"{text}\n") for text in texts if text)
    nodes = (node for each in read if each is not None for block in each.blocks for node in block.nodes)
    return tuple({taken: None for node in nodes for taken in taken_by(node)})


def _whole(changed: Changed, number: int) -> Atom:
    before, after = (side.text or "" if side is not None else "" for side in (changed.before, changed.after))
    how: How = "add" if changed.before is None else "remove" if changed.after is None else "change"
    return Atom(
        number=number,
        path=changed.path,
        label=changed.path,
        how=how,
        role=role_of(changed.path),
        before=_of_text(changed.path, before),
        after=_of_text(changed.path, after),
        lines=lines_between(before, after) or 1,
        whole=True,
        texts=(before, after),
    )


def _of_text(path: str, text: str) -> Mentions:
    if not text or not path.endswith((".py", ".pyi")):
        return NOTHING
    read = source(text if text.endswith("\n") else f"{text}\n")
    return NOTHING if read is None else mentions(node for block in read.blocks for node in block.nodes)


def lines_between(before: str, after: str) -> int:
    """How many lines are added or taken away."""
    one, other = before.splitlines(), after.splitlines()
    if not one or not other:
        return len(one) + len(other)
    if len(one) * len(other) > COMPARED_AT_MOST:
        return sum(((Counter(one) - Counter(other)) + (Counter(other) - Counter(one))).values())
    codes = SequenceMatcher(None, one, other, autojunk=False).get_opcodes()
    return sum(end - start + stop - begin for tag, start, end, begin, stop in codes if tag != "equal")


class _Cutting:
    """One file, while its atoms are made."""

    def __init__(self, path: str, first: int) -> None:
        self.path = path
        self.role: Role = role_of(path)
        self.next = first
        self.atoms: list[Atom] = []
        self.elements: list[Element] = []

    def cut(self, before: Source, after: Source) -> tuple[list[Atom], tuple[Element, ...]]:
        near, far = _paired(before, after)
        codes = SequenceMatcher(None, [b.key for b in near], [b.key for b in far], autojunk=False).get_opcodes()
        for tag, start, end, begin, stop in codes:
            if tag == "equal":
                for one, other in zip(near[start:end], far[begin:stop], strict=True):
                    self._pair(one, other)
                continue
            for one in near[start:end]:
                self._atom("remove", one, one._replace(text="", nodes=()))
            for other in far[begin:stop]:
                self._atom("add", other._replace(text="", nodes=()), other)
        return self.atoms, tuple(self.elements)

    def _pair(self, one: Block, other: Block) -> None:
        if one.text == other.text:
            self.elements.append(Element(texts=(one.text,)))
            return
        near, far = mentions(one.nodes, one.owner), mentions(other.nodes, other.owner)
        if one.key[:1] == ("from",) and len(one.nodes) == len(other.nodes) == 1 and near.takes != far.takes:
            taken = {name.name for each in (near, far) for name in each.takes}
            if "*" not in taken and one.key[1] != "__future__":
                self._names(one, other, near, far)
                return
        told = bare_dump(one.nodes) == bare_dump(other.nodes) and bool(one.nodes)
        self._atom("change", one, other, near, far, told_alone=told)

    def _names(self, one: Block, other: Block, near: Mentions, far: Mentions) -> None:
        """An import of which names come and go: each of them is an atom."""
        kept = [name for name in near.takes if name in far.takes]
        gone = [name for name in near.takes if name not in far.takes]
        new = [name for name in far.takes if name not in near.takes]
        numbers: list[int] = []
        told: list[tuple[How, Taken]] = [*(("add", each) for each in new), *(("remove", each) for each in gone)]
        for how, taken in told:
            facts = Mentions(names=frozenset([taken.bound]), takes=(taken,))
            numbers.append(self._add(how, facts, IMPORT + taken.name))
        self.elements.append(
            Element(
                texts=(one.text, other.text),
                atoms=tuple(numbers),
                names=(*(f"+{_spelled(each)}" for each in new), *(f"-{_spelled(each)}" for each in gone)),
                kept=tuple(_spelled(each) for each in kept),
                opening=f"from {one.key[1]} import",
            )
        )

    def _add(self, how: How, facts: Mentions, label: str) -> int:
        number = self.next
        self.next += 1
        sides = (NOTHING, facts) if how == "add" else (facts, NOTHING)
        self.atoms.append(
            Atom(
                number=number,
                path=self.path,
                label=label,
                how=how,
                role=self.role,
                before=sides[0],
                after=sides[1],
                lines=1,
            )
        )
        return number

    def _atom(
        self,
        how: How,
        one: Block,
        other: Block,
        near: Mentions | None = None,
        far: Mentions | None = None,
        *,
        told_alone: bool = False,
    ) -> None:
        self.atoms.append(
            Atom(
                number=self.next,
                path=self.path,
                label=_label(other if how != "remove" else one),
                how=how,
                role=self.role,
                before=near or mentions(one.nodes, one.owner),
                after=far or mentions(other.nodes, other.owner),
                lines=lines_between(one.text, other.text),
                texts=(one.text, other.text),
                owner=one.owner,
                told_alone=told_alone,
            )
        )
        self.elements.append(Element(texts=(one.text, other.text), atoms=(self.next,)))
        self.next += 1


def _paired(before: Source, after: Source) -> tuple[tuple[Block, ...], tuple[Block, ...]]:
    """Both as blocks, with those classes cut open whose heads are alike and which share a member word for word."""
    near, far = heads(before), heads(after)
    names = [name for name, head in near.items() if far.get(name) == head]
    twice = {name for read in (before, after) for name in names if _times(read, name) > 1}
    candidates = frozenset(name for name in names if name not in twice)
    one, other = opened(before, candidates), opened(after, candidates)
    shared = {(b.key, b.text) for b in one} & {(b.key, b.text) for b in other}
    stands = frozenset(key[1] for key, _ in shared if key[:1] == ("class",) and len(key) > 3 and key[2] != "tail")
    return opened(before, stands), opened(after, stands)


def _times(read: Source, name: str) -> int:
    return sum(block.key == ("class", name) for block in read.blocks)


def _label(block: Block) -> str:  # noqa: PLR0911  one line for each kind of block
    match block.key:
        case ("class", owner, "def", name):
            return f"{owner}.{name}"
        case ("class", owner, *rest):
            return f"{owner}: {' '.join(rest[1:]) or rest[0]}" if rest else owner
        case ("def", name):
            return name
        case ("import" | "from", *names):
            return IMPORT + ", ".join(names)
        case ("assign", *names):
            return ", ".join(names)
        case ("tail",):
            return "comments"
        case _:
            return "statement"


def _spelled(taken: Taken) -> str:
    return taken.name if taken.bound == taken.name else f"{taken.name} as {taken.bound}"


def _import(opening: str, names: list[str], before: str) -> str:
    """As a formatter lays it out, with what stood above it."""
    lines = before.splitlines(keepends=True)
    above: list[str] = []
    for line in lines:
        if line.strip() and not line.lstrip().startswith("#"):
            break
        above.append(line)
    end = "\r\n" if before.endswith("\r\n") else "\n"
    indent = before[len("".join(above)) :][: len(lines[len(above)]) - len(lines[len(above)].lstrip())]
    line = f"{indent}{opening} {', '.join(names)}"
    if len(line) > WIDEST:
        line = f"{indent}{opening} ({end}" + "".join(f"{indent}    {name},{end}" for name in names) + f"{indent})"
    return "".join(above) + line + end


def staged(layout: Layout, atom: int, between: str, number: int) -> Layout:
    """The layout where another atom comes first, which brings a text between the two."""
    elements = tuple(_staged(each, atom, between, number) if atom in each.atoms else each for each in layout.elements)
    return replace(layout, elements=elements, atoms=(*layout.atoms, number))


def _staged(element: Element, atom: int, between: str, number: int) -> Element:
    at = element.atoms.index(atom)
    return replace(
        element,
        texts=(*element.texts[: at + 1], between, *element.texts[at + 1 :]),
        atoms=(*element.atoms[:at], number, *element.atoms[at:]),
    )


def is_plain_file(mode: str) -> bool:
    return mode.startswith(FILE[:3])
