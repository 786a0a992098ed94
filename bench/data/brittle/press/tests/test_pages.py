import pytest

from press import pages
from press.posts import Post


@pytest.fixture
def posts():
    return [Post("One", "First.", frozenset({"news"})), Post("Two", "Second.", frozenset({"rain", "news"}))]


def test_the_cloud_shows_every_tag(posts):
    assert pages.cloud(posts) == "#rain #news"


def test_the_cloud_holds_every_tag_once(posts):
    assert sorted(pages.cloud(posts).split()) == ["#news", "#rain"]


def test_the_cloud_of_one_tag_is_that_tag(posts):
    assert pages.cloud(posts[:1]) == "#news"


def test_a_page_has_paragraphs(monkeypatch):
    monkeypatch.setattr(pages, "_paragraph", lambda text: f"[{text}]")
    assert pages.page(Post("T", "a\n\nb")) == "<h1>T</h1>[a][b]"


def test_a_page_has_a_title_and_text():
    assert pages.page(Post("T", "a")) == "<h1>T</h1><p>a</p>"


@pytest.mark.parametrize(("text", "shown"), [("a < b", "a &lt; b"), ("a & b", "a &amp; b"), ('"a"', "&quot;a&quot;")])
def test_text_is_escaped(text, shown):
    assert shown in pages.page(Post("T", text))


@pytest.mark.parametrize(
    ("title", "slug"), [("Hello, World!", "hello-world"), ("", ""), ("A  B", "a-b"), ("Ça va", "ça-va")]
)
def test_a_title_becomes_a_slug(title, slug):
    assert pages.slug(title) == slug


def test_the_index_is_in_the_order_of_the_posts(posts):
    assert list(pages.index(posts)) == ["One", "Two"]
