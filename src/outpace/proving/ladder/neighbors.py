"""Cases beside those of a task, made of them by rule; all of them are held out.

Other names, other places, again and again, another secret; and calls that go on as they do, with other plain words.
"""

from __future__ import annotations

import ast
import posixpath
import re
from collections.abc import Iterator, Sequence

from msgspec import structs

from outpace.proving.ladder.cases import (
    CAPITALS,
    EMPTY,
    NAMED,
    Benign,
    Case,
    Creates,
    LeadsTo,
    Leaks,
    Oracle,
    Returns,
    Room,
    Runs,
    TakesLong,
    Witness,
    numbered,
    thinned,
)
from outpace.proving.ladder.literals import read, replaced, replaced_at, texts
from outpace.proving.ladder.patch import Patch
from outpace.proving.ladder.reworded import reworded
from outpace.proving.ladder.shape import code
from outpace.proving.ladder.variants import control_of, says_itself
from outpace.proving.tasks import Task

TIMES = 64
MOST_JOINED, MOST_TAME, MOST_ELSEWHERE = 400, 240, 90
BESIDE = ("-x", "7")  # of them, one is letters and digits alone
OTHER_NAME, OTHER_PROGRAM, OTHER_HOST = "q7f3", "outpace-decoy", "elsewhere.example"
FOREIGN = "caf\u00e9"
RENAMED = "the same with another name"
PLACED = "a place beside the one that is meant"
THERE = "what was there before"
AGAIN = "the same again and again"
JOINED = "behind or before what is allowed"
OTHER_SECRET = "another kind of secret"  # noqa: S105  how a case was made
SECRETS = ("swordfish", "908172635", "Zq four 7", "caf\u00e9 no\u00ebl")
TAME = "other plain words"
SWAPPED = "another name of the data"
MOST_NAMES, MOST_SWAPPED = 12, 120
LINKED = "folders that are reached by a link"
ELSEWHERE = "another function of the change"
HELD = "files that hold its words"
SEPARATORS = (", ", ",", " ", ";", "\n", "/", "&", "|")
LISTS = (", ", ",", ";", "&", "|")
VALUE = re.compile(r"""["']([^"']{3,60})["']|\w=([\w.-]{3,60})(?![^;&,\s])""")
PLAIN = re.compile(r"[\w .-]{1,60}")
FOLDER = re.compile(r"[A-Za-z][\w-]{0,20}")


def beside(task: Task) -> tuple[Case, ...]:
    """Exploits whose effect is another one of the same kind."""
    found = (*_again(task), *_renamed(task), *reworded(task), *_placed(task), *_other_secrets(task), *_joined(task))
    return numbered("beside", found)


def _witnesses(task: Task) -> Iterator[tuple[int, Witness]]:
    """Other ways in are witnesses of the same effect."""
    for number, each in enumerate(task.witnesses):
        yield number, each
        for does in task.siblings:
            if not says_itself(each, does):
                yield number, structs.replace(each, does=does)


def _again(task: Task) -> Iterator[Case]:
    for number, each in enumerate(task.witnesses):
        if not isinstance(each.exploited, TakesLong):
            yield Case(id="", setup=each.setup, does=each.does, of=number, sort=AGAIN, times=TIMES)


def _renamed(task: Task) -> Iterator[Case]:
    """What is created, started, led to or read has another name, in the input, the room and the effect."""
    for number, each in _witnesses(task):
        for old, new, room, effect in _names(each.exploited, task.room):
            if old in each.does and (old != new):
                does, setup = each.does.replace(old, new), each.setup.replace(old, new)
                yield Case(id="", setup=setup, does=does, of=number, sort=RENAMED, exploited=effect, room=room)


def _names(effect: Oracle, room: Sequence[Room]) -> Iterator[tuple[str, str, tuple[Room, ...], Oracle]]:
    match effect:
        case Creates(path):
            old = posixpath.basename(path)
            for new in (OTHER_NAME + posixpath.splitext(old)[1], OTHER_NAME, f".{OTHER_NAME}", f"{FOREIGN}-{old}"):
                yield old, new, (), Creates(posixpath.join(posixpath.dirname(path), new))
        case Runs(program):
            yield program, OTHER_PROGRAM, (), Runs(OTHER_PROGRAM)
        case LeadsTo(host):
            yield host, OTHER_HOST, (), LeadsTo(OTHER_HOST)
        case Leaks(text):
            for file in room:
                if text in file.content:
                    old = posixpath.basename(file.path)
                    for new in (OTHER_NAME + posixpath.splitext(old)[1], OTHER_NAME, f"{FOREIGN}-{old}"):
                        path = posixpath.join(posixpath.dirname(file.path), new)
                        yield old, new, (Room(path=path, content=file.content),), effect
        case _:
            return


def _placed(task: Task) -> Iterator[Case]:
    """A folder whose name begins like the one that is meant, a folder that is not there, a file that is."""
    for number, each in _witnesses(task):
        match each.exploited:
            case Creates(path):
                yield Case(
                    id="", setup=each.setup, does=each.does, of=number, sort=THERE,
                    room=(Room(path=path, content="what was there before"),),
                )  # fmt: skip
                for folder in (*(f"{name}{end}" for name in _folders(task) for end in BESIDE), OTHER_NAME):
                    does = _into(each.does, path, f"{folder}/{path}")
                    there = (Room(path=f"{folder}/kept.txt", content="kept"),)
                    ways = ((f"{folder}/{path}", ()), (folder, ()), (f"{folder}/{path}", there))
                    for made, room in ways if does is not None else ():
                        yield Case(
                            id="", setup=each.setup, does=does or "", of=number, sort=PLACED, exploited=Creates(made),
                            room=room,
                        )  # fmt: skip
            case Leaks(text):
                yield from _leaks_beside(task, number, each, text)
            case _:
                continue


def _leaks_beside(task: Task, number: int, each: Witness, text: str) -> Iterator[Case]:
    """What is read or listed lies in a folder whose name begins like one of the task's."""
    contents = [(posixpath.basename(file.path), file.content) for file in task.room if text in file.content]
    is_name = any(posixpath.basename(file.path) == text for file in task.room)
    for folder in (f"{name}{end}" for name in _folders(task) for end in BESIDE):
        ways = [(_listed(each.does, folder), f"{folder}/{text}", "")] if is_name else []
        ways += [(_into(each.does, name, f"{folder}/{name}"), f"{folder}/{name}", held) for name, held in contents]
        for does, path, content in ways:
            if does is not None:
                room = (Room(path=path, content=content),)
                yield Case(id="", setup=each.setup, does=does, of=number, sort=PLACED, room=room)


def _listed(does: str, folder: str) -> str | None:
    """The expression with a folder beside, where it says the one above."""
    found = re.sub(r"(['\"])\.\./?\1", rf"\1../{folder}\1", does)
    return found if found != does else None


def _into(does: str, old: str, new: str) -> str | None:
    """The expression with the file in a folder, behind whatever leads out."""
    return does.replace(f"../{old}", f"../{new}") if f"../{old}" in does else None


def _folders(task: Task) -> list[str]:
    """Those that the task's room and its setups name."""
    named = [file.path.partition("/")[0] for file in task.room if "/" in file.path]
    for each in (*task.witnesses, *task.benign):
        nodes = ast.walk(read(each.setup))
        texts = (node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str))
        named += [text for text in texts if FOLDER.fullmatch(text)]
    return list(dict.fromkeys(named))[:8]


def _other_secrets(task: Task) -> Iterator[Case]:
    """What must not be told is letters alone, digits alone, words."""
    for number, each in _witnesses(task):
        match each.exploited:
            case Leaks(text) if text not in each.does:
                for secret in SECRETS:
                    setup, room = each.setup.replace(text, secret), with_secret(task.room, text, secret)
                    if (room or setup != each.setup) and secret not in each.does:
                        yield Case(
                            id="", setup=setup, does=each.does, of=number, sort=OTHER_SECRET,
                            exploited=Leaks(secret), room=room,
                        )  # fmt: skip
            case _:
                continue


def with_secret(room: Sequence[Room], text: str, secret: str) -> tuple[Room, ...]:
    """The files that hold the text, with another one in its place."""
    holding = (file for file in room if text in file.content)
    return tuple(Room(path=file.path, content=file.content.replace(text, secret)) for file in holding)


def _joined(task: Task) -> Iterator[Case]:
    """An exploit behind or before a text that is allowed, as lists and statements are."""
    found: dict[tuple[str, str, Oracle], Case] = {}
    for number, each in _witnesses(task):
        if isinstance(each.exploited, Returns | TakesLong):
            continue
        alike = [other.does for other in task.benign if _called(other.does) & _called(each.does)]
        for one in list(dict.fromkeys(text for does in alike for text in texts(does)))[:3]:
            for does in replaced(each.does, lambda text, one=one: _beside(text, one)):
                if not says_itself(each, does):
                    control = control_of(each, each.does, does)
                    case = Case(id="", setup=each.setup, does=does, of=number, sort=JOINED, control=control)
                    found.setdefault((each.setup, does, each.exploited), case)
    yield from thinned(found.values(), MOST_JOINED)


def _called(does: str) -> frozenset[str]:
    calls = (node.func for node in ast.walk(ast.parse(does, mode="eval")) if isinstance(node, ast.Call))
    return frozenset(str(getattr(each, "attr", getattr(each, "id", ""))) for each in calls)


def _beside(text: str, allowed: str) -> Iterator[str]:
    for separator in SEPARATORS:
        yield allowed + separator + text
        yield text + separator + allowed


def elsewhere(task: Task, patch: Patch) -> tuple[Case, ...]:
    """The given calls with another function that the change touches: what it adds there has to run too."""
    touched, known = _functions(patch)
    found: dict[tuple[str, str, Oracle], Case] = {}
    for case in _calls(task):
        effect = case.exploited or task.witnesses[case.of].exploited
        for old in sorted(_called(case.does) & known) if not isinstance(effect, Returns) else ():
            for new in sorted(touched - {old}):
                does = re.sub(rf"\b{re.escape(old)}\(", f"{new}(", case.does)
                setup = case.setup + f"\n{_imported(case.setup, old, new)}"
                if not says_itself(task.witnesses[case.of], does):
                    other = structs.replace(case, setup=setup, does=does, sort=ELSEWHERE)
                    found.setdefault((setup, does, effect), other)
    return numbered("elsewhere", thinned(found.values(), MOST_ELSEWHERE))


def _calls(task: Task) -> Iterator[Case]:
    """What is given, other ways in, and what was placed beside."""
    for number, each in _witnesses(task):
        yield Case(id="", setup=each.setup, does=each.does, of=number)
    yield from _placed(task)
    for number in range(len(task.witnesses)):
        for benign in task.benign:
            control = (benign.setup, benign.does)
            yield Case(id="", setup=benign.setup, does=benign.does, of=number, control=control)


def _functions(patch: Patch) -> tuple[frozenset[str], frozenset[str]]:
    """Names of those with added lines, and of all, in files that are no tests."""
    touched, known = set[str](), set[str]()
    for file in code(patch):
        for node in ast.walk(ast.parse(file.after or b"")):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("__"):
                known.add(node.name)
                if file.added & set(range(node.lineno, (node.end_lineno or node.lineno) + 1)):
                    touched.add(node.name)
    return frozenset(touched), frozenset(known)


def _imported(setup: str, old: str, new: str) -> str:
    """What brings the other function along, where the one is imported by its name; it may not be there."""
    found = re.search(rf"^from ([\w.]+) import .*\b{re.escape(old)}\b", setup, re.MULTILINE)
    return f"from {found.group(1)} import {new}" if found else ""


def tame(task: Task) -> tuple[Case, ...]:
    """Benign calls with other words that no filter has a reason to refuse: letters, digits, longer; and with
    none, which one may well refuse."""
    found: dict[tuple[str, str], Case] = {}
    data = said_by_data(task.room, task.benign)
    for number, each in enumerate(task.benign):
        ways = (
            *((TAME, *way) for way in replaced_at(each.does, _plainly, names=False)),
            *((TAME, *way) for way in replaced_at(each.does, _within)),
            *((NAMED, *way) for way in replaced_at(each.does, _plainly, names=True)),
            *((EMPTY, *way) for way in replaced_at(each.does, _without)),
        )
        for sort, text, old, does in ways:
            if does != each.does:
                place = place_of(f"{number}:{text}", old, data)
                how = CAPITALS if sort == TAME and does.lower() == each.does.lower() else sort
                case = Case(id="", setup=each.setup, does=does, of=number, sort=how, place=place)
                found.setdefault((each.setup, does), case)
    cases = [*thinned(found.values(), MOST_TAME)]
    if any("/" in each.path for each in task.room):
        given = enumerate(task.benign)
        cases += [Case(id="", setup=each.setup, does=each.does, of=n, sort=LINKED, linked=True) for n, each in given]
    for number, each in enumerate(task.benign):
        if holding := _holding(task.room, tuple(dict.fromkeys(texts(each.does)))):
            cases.append(Case(id="", setup=each.setup, does=each.does, of=number, sort=HELD, room=holding))
    return numbered("tame", cases)


def said_by_data(room: Sequence[Room], benign: Sequence[Benign]) -> str:
    """What files hold and setups say, in small letters: a word of it may be the name of somebody or something there."""
    setups = (node for each in benign for node in ast.walk(read(each.setup)))
    said = (node.value for node in setups if isinstance(node, ast.Constant) and isinstance(node.value, str))
    return "\n".join((*(file.content for file in room), *said)).lower()


def place_of(place: str, text: object, data: str) -> tuple[str, str] | None:
    word = _word(text)
    return (place, word) if len(word) > 1 and re.search(rf"\b{re.escape(word)}\b", data) else None


def _word(text: object) -> str:
    return " ".join(str(text).split()).lower()


def swapped(task: Task) -> tuple[Case, ...]:
    """The given calls with another name of the data in the place of one: nothing is known of what comes of it, but what
    code runs."""
    data = said_by_data(task.room, task.benign)
    ways = [(each.setup, each.does) for _, each in _witnesses(task)] + [(each.setup, each.does) for each in task.benign]
    every = (text for _, does in ways for text in texts(does))
    names = list({_word(each): each for each in every if place_of("", each, data)}.values())[:MOST_NAMES]
    found = {
        (setup, other): Case(id="", setup=setup, does=other, sort=SWAPPED)
        for setup, does in ways
        for other in replaced(does, lambda text: iter(names if place_of("", text, data) else []))
        if other != does
    }
    return numbered("swapped", thinned(found.values(), MOST_SWAPPED))


def _holding(room: Sequence[Room], words: Sequence[str]) -> tuple[Room, ...]:
    """Each file with a line for each word: what is looked for in them is there. A program would run it."""
    lines = "".join(f"{word}\n" for word in words if word.strip() and "\n" not in word)
    files = [file for file in room if file.content and not file.content.startswith("#!")] if lines else []
    return tuple(
        Room(path=each.path, content=each.content + "\n" * (not each.content.endswith("\n")) + lines) for each in files
    )


def _plainly(text: str) -> Iterator[str]:
    """Of a plain text alone: what has a grammar of its own is soon another sentence of it, or none; but a list is one
    too when it is longer."""
    for separator in LISTS:
        if separator in text and all(map(is_plain, text.split(separator))):
            yield f"{text}{separator}{text}"
            break
    if not is_plain(text):
        return
    for piece in ("a", "Zq", "7"):
        yield text + piece
        yield piece + text
    yield text + "abcdefgh" * 4
    yield text + text
    first, rest = text[:1], text[1:]
    for escaped in (f"%{ord(first):02x}", f"%25{ord(first):02x}"):
        if first.isascii():
            yield escaped + rest
    yield text + "\u00e9"
    yield text.upper()
    yield "Zq"
    yield "".join(chr((ord(each) - 97 + 5) % 26 + 97) if "a" <= each <= "z" else each for each in text)


def _within(text: str) -> Iterator[str]:
    """Of a text with a grammar of its own: another plain word between its quotes, or behind its `name=`."""
    if not is_plain(text):
        for found in VALUE.finditer(text):
            start, end = found.span(found.lastindex or 0)
            if is_plain(text[start:end]):
                yield text[:start] + "Zq7" + text[start:]
                yield text[: start + 1] + "a" + text[start + 1 :]


def _without(text: str) -> Iterator[str]:
    if is_plain(text):
        yield ""


def is_plain(text: str) -> bool:
    is_word = PLAIN.fullmatch(text) is not None and any(each.isalnum() for each in text)
    return is_word and ".." not in text and not text.startswith("__")
