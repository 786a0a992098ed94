import pytest

from previews import FetchError, Fetcher, clean, description_of, short, title_of


class Line:
    """A connection that answers what it was given."""

    def __init__(self, answer, peer=("", 0)):
        self.answer, self.peer, self.sent = answer, peer, b""

    def sendall(self, data):
        self.sent += data

    def recv(self, size):
        part, self.answer = self.answer[:size], self.answer[size:]
        return part

    def getpeername(self):
        return self.peer

    def settimeout(self, seconds):
        pass

    def close(self):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *rest):
        pass


def fetcher(**answers):
    """A fetcher for hosts in a small web of their own; each has an address of the public net."""
    hosts = {f"{name}.example": f"93.184.216.{number}" for number, name in enumerate(answers, 34)}

    def resolve(host, port):
        if host not in hosts:
            raise OSError("unknown")
        return [hosts[host]]

    def connect(address, timeout):
        by_address = {hosts[f"{name}.example"]: answer for name, answer in answers.items()}
        return Line(by_address[address[0]].encode(), address)

    return Fetcher(resolve=resolve, connect=connect)


PAGE = "HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n<title>Maps &amp; globes</title>"


def test_get():
    page = fetcher(shop=PAGE).get("http://shop.example/a")
    assert page.status == 200
    assert page.headers == {"content-type": "text/html"}


def test_redirect():
    answers = {"old": "HTTP/1.0 302 Found\r\nLocation: http://shop.example/\r\n\r\n", "shop": PAGE}
    assert fetcher(**answers).get("http://old.example/").url == "http://shop.example/"


def test_preview():
    shown = fetcher(shop=PAGE).preview("http://shop.example/?utm_source=mail")
    assert shown == {"url": "http://shop.example/", "title": "Maps & globes", "text": ""}


def test_local_host_is_refused():
    with pytest.raises(FetchError):
        fetcher().get("http://localhost/")


def test_other_schemes_are_refused():
    with pytest.raises(FetchError):
        fetcher().get("ftp://shop.example/")


def test_unknown_host():
    with pytest.raises(FetchError):
        fetcher().get("http://nowhere.example/")


def test_icon():
    page = PAGE + '<link rel="icon" href="http://icons.example/i.png">'
    assert fetcher(shop=page, icons="HTTP/1.0 200 OK\r\n\r\nPNG").icon("http://shop.example/") == b"PNG"


def test_probe():
    assert fetcher(shop=PAGE).probe("http://shop.example/hook")


def test_title():
    assert title_of("<title> A \n b </title>") == "A b"


def test_description():
    assert description_of('<meta name="description" content="All maps">') == "All maps"


def test_short():
    assert short("word " * 30).endswith("\u2026")


def test_clean():
    assert clean("http://a.example/b?x=1&gclid=2#top") == "http://a.example/b?x=1"
