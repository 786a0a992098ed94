import socket

import pytest

from meter.client import Client, line


@pytest.fixture
def server():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listening:
        listening.bind(("127.0.0.1", 0))
        listening.settimeout(30)
        yield listening


@pytest.fixture
def client(server):
    client = Client(*server.getsockname())
    yield client
    client.close()


def test_counting_sends_a_packet():
    client = Client()
    assert client.incr("logins") == len(b"app.logins:1|c")
    client.close()


def test_a_packet_reaches_its_server(client, server):
    client.incr("logins")
    assert server.recv(100) == b"app.logins:1|c"


def test_packets_carry_their_amount(client, server):
    client.incr("logins", 5)
    assert server.recv(100) == b"app.logins:5|c"


def test_a_gauge_is_sent_as_one(client, server):
    client.send("depth", 3, "g")
    assert server.recv(100) == b"app.depth:3|g"


@pytest.mark.parametrize(
    ("name", "value", "kind", "expected"),
    [("a", 1, "c", "a:1|c"), ("a.b", 0, "g", "a.b:0|g"), ("a", 2.5, "ms", "a:2.5|ms")],
)
def test_a_line_is_name_value_and_kind(name, value, kind, expected):
    assert line(name, value, kind) == expected


@pytest.mark.parametrize("name", ["a:b", "a|b", ":"])
def test_a_name_holds_no_separator(name):
    with pytest.raises(ValueError, match="separator"):
        line(name, 1)
