"""Django's migrations, read from their source: dependencies and operations of `class Migration`."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import PurePosixPath

from msgspec import Struct

from outpace.delivery.migrations.django_operations import translate
from outpace.delivery.migrations.django_state import State
from outpace.delivery.migrations.python_flow import Flow
from outpace.delivery.migrations.python_values import Made, NotKnown, Symbol, TooMuch, bound, sequence, within
from outpace.delivery.migrations.sql_tokens import words_of
from outpace.delivery.migrations.steps import Migration, Opaque, Placed

HOOKS = words_of("apply unapply mutate_state suggest_name reduces_to")
"""Attributes by which Django is told how to run a migration."""
LIBRARIES = ("django.", "uuid.", "datetime.", "decimal.", "functools.", "re.", "logging.", "collections.", "typing.")
MAKES = words_of(
    "swappable_dependency gettext_lazy gettext ugettext_lazy pgettext_lazy ngettext_lazy partial compile getLogger "
    "timedelta date time datetime timezone namedtuple defaultdict partialmethod"
)
BUILT_IN = words_of(
    "str int float bool dict list set tuple frozenset len range sorted zip enumerate getattr hasattr print"
)


class Unordered(Struct, frozen=True, kw_only=True):
    """One file, before the state is known in which its operations are told. `operations` None: not to be read."""

    id: str
    app: str
    path: str
    after: tuple[str, ...]
    before: tuple[str, ...] = ()
    replaces: tuple[str, ...] = ()
    operations: tuple[object, ...] | None = None
    loaded: tuple[Placed, ...] = ()  # what runs when the file is loaded
    atomic: bool = True


def _class_of(tree: ast.Module) -> ast.ClassDef | None:
    """The one that counts where there are several."""
    found = [node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == "Migration"]
    return found[-1] if found else None


def read(path: str, tree: ast.Module) -> Unordered | None:
    node = _class_of(tree)
    place = PurePosixPath(path)
    if node is None:
        return None
    loading = _Loading()
    flow = loading.flow
    app = place.parent.parent.name
    names: dict[str, object] = {}
    try:
        flow.run([one for one in tree.body if one is not node], flow.globals)
        names = dict(flow.globals)
        bases = [flow.value(one, names) for one in node.bases]
        flow.run(node.body, names)
    except (TooMuch, RecursionError):
        names, bases = {}, []
    operations = sequence(names.get("operations")) if "operations" in names else [] if names else None
    plain = bases == [Symbol("django.db.migrations.Migration")] and _plain(tree, node)
    return Unordered(
        id=f"{app}.{place.stem}",
        app=app,
        path=path,
        after=_pairs(names.get("dependencies")),
        before=_pairs(names.get("run_before")),
        replaces=_pairs(names.get("replaces")),
        operations=tuple(operations) if operations is not None and not flow.maybe and plain else None,
        loaded=tuple(loading.unread(operations)),
        atomic=names.get("atomic", True) is True,
    )


def _plain(tree: ast.Module, migration: ast.ClassDef) -> bool:
    """Its operations are what the class says: no method of its own, and nothing else of the file that touches it."""
    if any(name in HOOKS or name.startswith("__") for name in bound(migration.body)) or migration.keywords:
        return False
    others = (inner for one in tree.body if one is not migration for inner in ast.walk(one))
    return not migration.decorator_list and not any(
        isinstance(one, ast.Name) and one.id == "Migration" for one in others
    )


class _Loading:
    """What is called when a file is loaded; most of it makes values."""

    def __init__(self) -> None:
        self.flow = Flow(self._called)
        self._found: list[tuple[str, int]] = []
        self._classes: list[Made] = []  # of elsewhere

    def unread(self, operations: list[object] | None) -> Iterator[Placed]:
        """A class that is no part of an operation may do anything, as what is no class."""
        used = {id(one) for one in within(operations)}
        made = [(one.path, one.line) for one in self._classes if id(one) not in used]
        for name, line in (*self._found, *made):
            why = "what it does when the file is loaded is written elsewhere, or cannot be told"
            yield Placed(Opaque(f"calls {name}", why, "leave it out of the migration"), line)

    def _called(self, made: Made, called: object) -> object:
        """A list that is added to becomes longer; any other call is what it is."""
        receiver = made.args[0] if made.args else None
        if made.path in (".append", ".extend", ".insert") and isinstance(receiver, list):
            added = sequence(made.args[1]) if made.path == ".extend" else [made.args[-1]]
            receiver.extend(added if added and not self.flow.unsure else [NotKnown("more")])  # pyright: ignore[reportUnknownMemberType]
            return None
        name = made.path.rpartition(".")[2]
        is_class = isinstance(called, Symbol) and name[:1].isupper()
        if is_class and "." in made.path and not made.path.startswith(LIBRARIES):
            self._classes.append(made)
        elif not (is_class or (made.path.startswith(LIBRARIES) and name in MAKES) or made.path in BUILT_IN):
            self._found.append((f"{made.path.lstrip('.') or 'what is made here'}()", made.line))
        return NotKnown(called.why) if not made.path and isinstance(called, NotKnown) else made


def _pairs(value: object) -> tuple[str, ...]:
    pairs = [sequence(one) or [] for one in sequence(value) or []]
    return tuple(f"{one[0]}.{one[1]}" for one in pairs if len(one) == 2 and all(isinstance(word, str) for word in one))


def migration(told: Unordered, state: State) -> Migration:
    """With its steps, as they are in this state, which they change."""
    if told.operations is None:
        why = "its operations are put together when it is loaded"
        steps = (Placed(Opaque("runs operations", why, "write them as a list of literals"), 1),)
    else:
        steps = tuple(translate(list(told.operations), told.app, state))
    steps = (*told.loaded, *steps)
    return Migration(
        tool="django",
        id=told.id,
        path=told.path,
        after=told.after,
        place=told.app,
        replaces=told.replaces,
        steps=steps,
        way_back="not known",
        atomic=told.atomic,
    )
