import datetime

import pytest

from settings import SettingsError, duration, expand, from_environment, load, merge, size

TEXT = """
# a service
[server]
port = 8080
hosts = ["a.example", b.example]
timeout = !datetime.timedelta [0, 90]
debug = false

[paths]
data = "/srv/${server.port}"
"""


def test_numbers_and_words():
    server = load(TEXT)["server"]
    assert server["port"] == 8080
    assert server["debug"] is False


def test_list():
    assert load(TEXT)["server"]["hosts"] == ["a.example", "b.example"]


def test_tag():
    assert load(TEXT)["server"]["timeout"] == datetime.timedelta(seconds=90)


def test_not_a_setting():
    with pytest.raises(SettingsError):
        load("port = 8080")


def test_unknown_tag():
    with pytest.raises(SettingsError):
        load("[a]\nb = !nonsense 3")


def test_environment():
    assert from_environment({"APP_SERVER_PORT": "9090", "HOME": "/root"}) == {"server": {"port": 9090}}


def test_expand():
    assert expand(load(TEXT))["paths"]["data"] == "/srv/8080"


def test_merge():
    assert merge({"a": {"b": 1, "c": 2}}, {"a": {"b": 3}}) == {"a": {"b": 3, "c": 2}}


def test_duration():
    assert duration("1h30m") == 5400


def test_size():
    assert size("10k") == 10240
