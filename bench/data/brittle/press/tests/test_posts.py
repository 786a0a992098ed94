from pathlib import Path

import pytest

from press.posts import count_lines, count_words, found, front, newest, parse, publish

DRAFTS = Path(__file__).parent / "drafts"
NAMES = ["01-hello.md", "02-rain.md", "03-sun.md", "04-wind.md", "05-snow.md", "06-ice.md", "07-fog.md", "draft.md"]


@pytest.fixture
def folder(tmp_path):
    for name in reversed(NAMES):
        (tmp_path / name).write_text(f"title: {name}\n\nText of {name}.\n", encoding="utf-8")
    return tmp_path


def test_a_draft_is_never_on_the_front_page(folder):
    assert front(folder) != "draft.md"


def test_every_post_is_found(folder):
    assert sorted(found(folder)) == NAMES


def test_only_posts_are_found(folder):
    (folder / "image.png").write_bytes(b"")
    assert "image.png" not in found(folder)


def test_the_newest_post_has_the_greatest_name(folder):
    (folder / "draft.md").unlink()
    assert newest(folder) == "07-fog.md"


def test_a_draft_is_published(tmp_path):
    assert publish(DRAFTS / "hello.md", tmp_path).read_text(encoding="utf-8").startswith("title: Hello")


def test_a_published_draft_is_gone(tmp_path):
    (tmp_path / "posts").mkdir()
    draft = tmp_path / "new.md"
    draft.write_text("title: New\n\nText.\n", encoding="utf-8")
    publish(draft, tmp_path / "posts")
    assert not draft.exists()


def test_words_are_counted(folder):
    assert count_words(folder / "02-rain.md") == 5


def test_lines_are_counted(folder):
    assert count_lines(folder / "02-rain.md") == 3


@pytest.mark.parametrize(
    ("source", "title", "text", "tags"),
    [
        ("title: A\n\nText.", "A", "Text.", set()),
        ("title: A: B\n\n", "A: B", "", set()),
        ("title: A\ntags: rain, sun\n\nText.", "A", "Text.", {"rain", "sun"}),
    ],
)
def test_a_post_is_parsed(source, title, text, tags):
    post = parse(source)
    assert (post.title, post.text, post.tags) == (title, text, tags)


def test_a_post_has_a_title():
    with pytest.raises(KeyError):
        parse("tags: rain\n\nText.")
