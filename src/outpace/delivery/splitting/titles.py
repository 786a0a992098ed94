"""Pieces in words: what each does, why it comes where it comes, and why what cannot be apart is one."""

from __future__ import annotations

from collections import Counter

from outpace.delivery.splitting.atoms import IMPORT
from outpace.delivery.splitting.grouping import Group
from outpace.delivery.splitting.pieces import Held, Kind
from outpace.delivery.splitting.units import Unit, Units
from outpace.model.words import counted

NAMED = 3
WHYS: dict[Kind, str] = {
    "refactor": "it changes no behavior, so it comes before what does",
    "dependencies": "dependencies move apart from code",
    "expand": "it is there before what uses it",
    "change": "it needs no other step",
    "flag": "it is switched once all that asks it is there",
    "contract": "nothing uses it any more",
    "tests": "they test what is there by now",
    "documentation": "it tells of what is there by now",
}


def title(group: Group, units: Units) -> str:
    paths = sorted({atom.path for unit in group.units for atom in unit.atoms})
    match group.kind:
        case "refactor":
            return _refactoring(group, units, paths)
        case "dependencies":
            return f"Move dependencies in {_few(paths)}"
        case "documentation":
            return f"Document it in {_few(paths)}"
        case "tests":
            return f"Change tests in {_few(paths)}"
        case "expand" | "change" | "flag" | "contract":
            return f"{_verb(group)} {_named(group)}"


def _refactoring(group: Group, units: Units, paths: list[str]) -> str:
    match units.nature(group.units[0]):
        case ("rename", old, new):
            return f"Rename {old} to {new}"
        case ("move",):
            pairs = [_moved(unit) for unit in group.units]
            return f"Move {pairs[0]}" if len(pairs) == 1 else f"Move {len(pairs)} files"
        case _:
            return f"Format {_few(paths)}"


def _moved(unit: Unit) -> str:
    gone = next((atom.path for atom in unit.atoms if atom.how == "remove"), unit.path)
    come = next((atom.path for atom in unit.atoms if atom.how == "add"), unit.path)
    return f"{gone} to {come}"


def _verb(group: Group) -> str:
    if group.kind == "flag":
        return "Switch"
    hows = {atom.how for unit in group.units for atom in unit.atoms if not atom.is_import}
    return {"add": "Add", "remove": "Remove"}.get(min(hows), "Change") if len(hows) == 1 else "Change"


def _named(group: Group) -> str:
    """The largest parts and their file."""
    sizes: Counter[tuple[str, str]] = Counter()
    for unit in group.units:
        for atom in unit.atoms:
            sizes[atom.path, atom.label] += atom.lines
    own = [(path, label) for (path, label), _ in sizes.most_common() if label not in ("comments", "statement")]
    code = [(path, label) for path, label in own if not label.startswith(IMPORT) and "test" not in path] or own
    path = code[0][0] if code else group.path
    labels = list(dict.fromkeys(label for each, label in code if each == path and label != path))
    others = len({atom.path for unit in group.units for atom in unit.atoms}) - 1
    told = f"{_few(labels)} in {path}" if labels else path
    return told + (f" and {counted(others, 'further file')}" if others else "")


def _few(words: list[str]) -> str:
    if len(words) <= NAMED:
        return " and ".join(filter(None, (", ".join(words[:-1]), words[-1]))) if words else "nothing"
    return f"{', '.join(words[:NAMED])} and {len(words) - NAMED} more"


def why(at: int, group: Group, units: Units, place: dict[int, int]) -> str:
    """By a link to another piece where there is one."""
    own = {unit.number for unit in group.units}
    if group.kind in ("expand", "contract", "flag", "change", "dependencies"):
        later = [link.why for (user, used), link in units.firm.items() if used in own and place[user] > at]
        earlier = [link.why for (user, used), link in units.firm.items() if user in own and place[used] < at]
        told = earlier or later if group.kind in ("contract", "flag") else later or earlier
        if told:
            return Counter(told).most_common(1)[0][0]
        loose = [link.why for (user, used), link in units.loose.items() if user in own and place[used] < at]
        if loose:
            return f"{Counter(loose).most_common(1)[0][0]}, which has changed by now"
    return WHYS[group.kind]


def held_words(unit: Unit, units: Units) -> Held:
    own = {atom.number for atom in unit.atoms}
    whys = Counter(link.why for link in units.links.firm if link.later in own and link.earlier in own)
    labels = [f"{atom.path}: {atom.label}" if not atom.whole else atom.path for atom in unit.atoms]
    told = "; ".join(why for why, _ in whys.most_common(NAMED))
    return Held(what=tuple(dict.fromkeys(labels)), why=told)
