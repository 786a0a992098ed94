"""Which addresses cannot both be listened at, in each of their spellings."""

from __future__ import annotations

import pytest

from outpace.model.edge import Edge, is_same_address


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("127.0.0.1:8080", "127.0.0.1:8080", True),
        ("127.0.0.1:8080", "127.0.0.1:08080", True),
        ("127.0.0.1:8080", "127.0.0.1:8081", False),
        ("127.0.0.1:8080", "127.0.0.2:8080", False),
        ("0.0.0.0:8080", "127.0.0.2:8080", True),
        ("0.0.0.0:8080", "192.0.2.7:8080", True),
        ("0.0.0.0:8080", "127.0.0.1:8081", False),
        ("[::1]:8080", "[0:0:0:0:0:0:0:1]:8080", True),
        ("[::1]:8080", "[0::1]:8080", True),
        ("[2001:DB8::A]:8080", "[2001:db8:0::a]:8080", True),
        ("[::]:8080", "[::1]:8080", True),
        ("[0:0::0]:8080", "[2001:db8::a]:8080", True),
        ("[::1]:8080", "[::2]:8080", False),
        ("[::ffff:7f00:1]:8080", "127.0.0.1:8080", True),
        ("[::ffff:7f00:1]:8080", "0.0.0.0:8080", True),
        ("[::]:8080", "0.0.0.0:8080", False),
        ("[::1]:8080", "127.0.0.1:8080", False),
    ],
)
def test_an_address_is_the_same_in_each_of_its_spellings(one: str, other: str, same: bool) -> None:
    assert [each for address in (one, other) for each in Edge(listen=(address,)).listen] == [one, other]
    assert (is_same_address(one, other), is_same_address(other, one)) == (same, same)
