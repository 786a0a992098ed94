"""Django's migrations, read from their source: dependencies and operations of `class Migration`."""

from __future__ import annotations

import ast
from pathlib import PurePosixPath

from msgspec import Struct

from outpace.delivery.migrations.django_operations import translate
from outpace.delivery.migrations.django_state import State
from outpace.delivery.migrations.python_flow import Flow
from outpace.delivery.migrations.python_values import Made, NotKnown, TooMuch, sequence
from outpace.delivery.migrations.steps import Migration, Opaque, Placed


class Unordered(Struct, frozen=True, kw_only=True):
    """One file, before the state is known in which its operations are told. `operations` None: not to be read."""

    id: str
    app: str
    path: str
    after: tuple[str, ...]
    before: tuple[str, ...] = ()
    replaces: tuple[str, ...] = ()
    operations: tuple[object, ...] | None = None


def is_django(tree: ast.Module) -> bool:
    return _class_of(tree) is not None


def _class_of(tree: ast.Module) -> ast.ClassDef | None:
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and node.name == "Migration" and node.bases:
            return node
    return None


def read(path: str, tree: ast.Module) -> Unordered | None:
    node = _class_of(tree)
    place = PurePosixPath(path)
    if node is None:
        return None
    flow = Flow(_called)
    app = place.parent.parent.name
    names: dict[str, object] = {}
    try:
        flow.run(tree.body, flow.globals)
        names = dict(flow.globals)
        flow.run(node.body, names)
    except (TooMuch, RecursionError):
        names = {}
    operations = sequence(names.get("operations")) if "operations" in names else [] if names else None
    return Unordered(
        id=f"{app}.{place.stem}",
        app=app,
        path=path,
        after=_pairs(names.get("dependencies")),
        before=_pairs(names.get("run_before")),
        replaces=_pairs(names.get("replaces")),
        operations=tuple(operations) if operations is not None and not flow.maybe and _plain(tree, node) else None,
    )


def _plain(tree: ast.Module, migration: ast.ClassDef) -> bool:
    """Its operations are what the class says: no method of its own, and nothing else of the file that touches it."""
    if any(isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef) for one in migration.body):
        return False
    others = (inner for one in tree.body if one is not migration for inner in ast.walk(one))
    return not migration.decorator_list and not any(
        isinstance(one, ast.Name) and one.id == "Migration" for one in others
    )


def _called(made: Made, called: object) -> object:
    """A list that is added to becomes longer; any other call is what it is."""
    receiver = made.args[0] if made.args else None
    if made.path in (".append", ".extend", ".insert") and isinstance(receiver, list):
        added = sequence(made.args[1]) if made.path == ".extend" else [made.args[-1]]
        receiver.extend(added or [NotKnown("more operations")])  # pyright: ignore[reportUnknownMemberType]
        return None
    if not made.path and isinstance(called, NotKnown):
        return NotKnown(called.why)
    return made


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
    return Migration(
        tool="django",
        id=told.id,
        path=told.path,
        after=told.after,
        place=told.app,
        replaces=told.replaces,
        steps=steps,
        way_back="not known",
    )
