import pytest

import shelf


@pytest.fixture(autouse=True)
def docs(tmp_path, monkeypatch):
    (tmp_path / "docs" / "notes").mkdir(parents=True)
    (tmp_path / "docs" / "a.txt").write_text("alpha\n", encoding="utf-8")
    (tmp_path / "docs" / "two words.txt").write_text("two\n", encoding="utf-8")
    (tmp_path / "docs" / "notes" / "b.md").write_text("# Bravo\n\nfirst\n\nsecond\nthird\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "docs"


def test_reads_a_document():
    assert shelf.read("a.txt") == "alpha\n"


def test_reads_a_document_in_a_folder():
    assert shelf.read("notes/b.md").startswith("# Bravo")


def test_reads_a_name_that_is_encoded():
    assert shelf.read("two%20words.txt") == "two\n"


def test_a_missing_document_is_not_found():
    with pytest.raises(shelf.NotFound):
        shelf.read("missing.txt")


def test_previews_lines_that_are_not_blank():
    assert shelf.preview("notes/b.md") == ["# Bravo", "first", "second"]


def test_measures_a_document():
    assert shelf.size("a.txt") == 6


def test_lists_the_shelf():
    assert shelf.listing() == ["a.txt", "two words.txt"]


def test_lists_a_folder():
    assert shelf.listing("notes") == ["b.md"]


def test_searches_all_documents():
    assert shelf.search("bravo") == {"notes/b.md": 1}
