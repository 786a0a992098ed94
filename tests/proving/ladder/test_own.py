"""The powers of a project's own modules count for whoever imports them."""

from __future__ import annotations

from outpace.proving.ladder import powers
from outpace.proving.ladder.own import own_powers

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
