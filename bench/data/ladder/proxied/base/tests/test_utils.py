import pytest

from client.models import PreparedRequest
from client.utils import address_in_network, get_auth_from_url, is_valid_cidr, resolve_proxies, should_bypass_proxies


def test_auth_from_url():
    assert get_auth_from_url("http://user:pa%3Ass@host/") == ("user", "pa:ss")
    assert get_auth_from_url("http://host/") == ("", "")


def test_address_in_network():
    assert address_in_network("192.168.1.1", "192.168.1.0/24")
    assert not address_in_network("172.16.0.1", "192.168.1.0/24")


@pytest.mark.parametrize("text", ["8.8.8.8", "8.8.8.8/a", "8.8.8.8/128", "8.8.8.8/-1", "8.8.8.999/24"])
def test_no_valid_cidr(text):
    assert not is_valid_cidr(text)


@pytest.mark.parametrize("url, expected", [("http://localhost:5000/", True), ("http://example.com/", False)])
def test_should_bypass_proxies(url, expected):
    assert should_bypass_proxies(url, no_proxy="localhost,127.0.0.1") == expected


def test_resolve_proxies_gives_a_copy():
    proxies = {"http": "http://proxy.test"}
    resolved = resolve_proxies(PreparedRequest("GET", "http://a.test/"), proxies, trust_env=False)
    assert resolved == proxies
    assert resolved is not proxies
