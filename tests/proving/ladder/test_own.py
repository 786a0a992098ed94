"""The powers of a project's own modules count for whoever imports them."""

from __future__ import annotations

import pytest

from outpace.proving.ladder import powers
from outpace.proving.ladder.capabilities import gains
from outpace.proving.ladder.own import as_changed, own_powers
from outpace.proving.ladder.patch import Patch, PatchedFile

FILES = {
    "src/shop/__init__.py": b"",
    "src/shop/net.py": b"import socket\nsocket.create_connection\n",
    "src/shop/orders.py": b"from shop import net\nfrom shop.prices import total\n",
    "src/shop/prices.py": b"from shop import orders\n",
    "src/shop/odd.py": b"def (",
    "src/shop/quiet.py": b"import socket  # noqa\ntry:\n    socket.socket\nexcept Exception:\n    pass\n",
}


def test_a_module_has_its_own_powers_and_those_of_what_it_imports() -> None:
    own = own_powers(FILES, FILES.get, roots=("src", "."))
    assert own("shop.net") == {powers.NETWORK}
    assert own("shop.orders") == {powers.NETWORK}
    assert own("shop.odd") == {powers.CODE, powers.INSIDE}
    assert own("elsewhere") is None


def test_what_a_module_does_to_itself_alone_is_no_power_of_those_that_import_it() -> None:
    assert own_powers(FILES, FILES.get, roots=("src",))("shop.quiet") == {powers.NETWORK}


STORE = b"""import re
import sqlite3
from shop import net

NAME = re.compile("x")

def quoted(name):
    return NAME.sub("", name)

def found(name):
    return connected().execute(quoted(name))

def connected():
    return sqlite3.connect("a")

def sent(name):
    return net.sent(name)

class Store:
    def all(self):
        return found("all")
"""
PARTS = {
    "a function that computes": ("quoted", frozenset[str]()),
    "a value": ("NAME", frozenset[str]()),
    "a function that calls another": ("found", {powers.DATABASE}),
    "a class": ("Store", {powers.DATABASE}),
    "what it has of another module": ("sent", {powers.NETWORK}),
    "a name that is not there": ("other", {powers.DATABASE, powers.NETWORK}),
    "what is done as it is loaded": ("", frozenset[str]()),
}


@pytest.mark.parametrize(("name", "taken"), PARTS.values(), ids=PARTS.keys())
def test_a_part_of_a_module_has_the_powers_of_what_it_needs_of_it(name: str, taken: frozenset[str]) -> None:
    files = {"shop/store.py": STORE, "shop/net.py": b"import socket\ndef sent(x): socket.socket(x)\n"}
    assert own_powers(files, files.get)(f"shop.store:{name}") == taken


def test_what_a_module_does_as_it_is_loaded_counts_for_each_part_of_it() -> None:
    files = {"shop/store.py": STORE + b"OPEN = connected()\n"}
    assert own_powers(files, files.get)("shop.store:quoted") == {powers.DATABASE}


def test_a_change_takes_parts_of_modules_as_it_leaves_them() -> None:
    """A helper that a change brings beside what asks a database is no database; a helper that asks one is."""
    before = {"shop/store.py": STORE, "shop/asking.py": b"def ask(name): return name\n"}
    own = own_powers(before, before.get)
    for helper, gained in ((b"def plain(name): return quoted(name)\n", 0), (b"def plain(name): found(name)\n", 1)):
        for taken in (b"from shop import store\nx = store.plain(1)\n", b"from shop.store import plain\nx = plain(1)\n"):
            asking = PatchedFile(path="shop/asking.py", before=before["shop/asking.py"], after=taken)
            store = PatchedFile(path="shop/store.py", before=STORE, after=STORE + helper)
            changed = as_changed(own, Patch.of([asking, store]))
            assert len(gains(asking, own, changed=changed)) == gained


def test_a_module_that_is_handed_on_is_all_that_it_can_do() -> None:
    before = {"shop/store.py": STORE, "shop/net.py": b"import socket\nsocket.socket()\n", "shop/asking.py": b""}
    own = own_powers(before, before.get)
    asking = PatchedFile(path="shop/asking.py", before=b"", after=b"from shop import store\nuse(store)\n")
    assert {use.power for use in gains(asking, own)} == {powers.DATABASE, powers.NETWORK}


def test_a_module_that_a_change_does_not_touch_is_the_projects_own_all_the_same() -> None:
    before = {"net.py": b"X = 1\n", "store.py": b"import net\n", "asking.py": b""}
    own = own_powers(before, before.get)
    asking = PatchedFile(path="asking.py", before=b"", after=b"from store import plain\nx = plain(1)\n")
    store = PatchedFile(path="store.py", before=before["store.py"], after=b"import net\ndef plain(x): return net.X\n")
    assert gains(asking, own, changed=as_changed(own, Patch.of([asking, store]))) == ()
