import pytest

from client.models import PreparedRequest, Response, TooManyRedirects
from client.sessions import Session


class Scripted:
    """An adapter that answers from a table and keeps what it was asked."""

    def __init__(self, table):
        self.table = table
        self.asked = []

    def send(self, request, proxies=None):
        self.asked.append(request)
        status, location = self.table.get(request.url, (200, None))
        return Response(status, {"Location": location} if location else {})


def session_of(table):
    session = Session()
    session.trust_env = False
    adapter = Scripted(table)
    session.mount("http://", adapter)
    session.mount("https://", adapter)
    return session, adapter


def test_a_redirect_is_followed():
    session, adapter = session_of({"http://a.test/": (302, "/next")})
    response = session.get("http://a.test/")
    assert response.url == "http://a.test/next"
    assert [each.status_code for each in response.history] == [302]


def test_post_becomes_get_with_302():
    session, adapter = session_of({"http://a.test/": (302, "/next")})
    session.request("post", "http://a.test/", data=b"x", headers={"Content-Type": "text/plain"})
    assert [each.method for each in adapter.asked] == ["POST", "GET"]
    assert "Content-Type" not in adapter.asked[1].headers


def test_too_many_redirects():
    session, _ = session_of({"http://a.test/": (301, "/")})
    session.max_redirects = 3
    with pytest.raises(TooManyRedirects):
        session.get("http://a.test/")


def test_authorization_goes_when_the_host_changes():
    session, adapter = session_of({"http://a.test/": (302, "http://b.test/")})
    session.get("http://a.test/", auth=("user", "pass"))
    assert "Authorization" in adapter.asked[0].headers
    assert "Authorization" not in adapter.asked[1].headers


@pytest.mark.parametrize(
    "old, new, stripped",
    [
        ("http://a.test/", "http://a.test/x", False),
        ("http://a.test/", "http://b.test/", True),
        ("http://a.test/", "https://a.test/", False),
        ("https://a.test/", "http://a.test/", True),
    ],
)
def test_should_strip_auth(old, new, stripped):
    assert Session().should_strip_auth(old, new) is stripped


def test_proxies_stay_with_a_redirect():
    session, _ = session_of({})
    request = PreparedRequest("GET", "http://a.test/")
    proxies = {"http": "http://user:pass@proxy.test:3128"}
    assert session.rebuild_proxies(request, proxies) == proxies


def test_old_proxy_authorization_is_dropped():
    session, _ = session_of({})
    request = PreparedRequest("GET", "http://a.test/", {"proxy-authorization": "Basic old"})
    session.rebuild_proxies(request, {})
    assert "Proxy-Authorization" not in request.headers
