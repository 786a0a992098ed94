import pytest

from shelf.catalogue import Catalogue


@pytest.fixture(scope="module")
def shared():
    catalogue = Catalogue()
    yield catalogue
    catalogue.close()


def test_a_book_is_added(shared):
    assert shared.add("9", "Persuasion", "Austen", 1817) == "9"


def test_an_added_book_is_found(shared):
    assert shared.find("9") == ("Persuasion", "Austen", 1817)


def test_the_authors_are_listed(filled):
    assert filled.authors() == ["Eliot", "Austen"]


def test_the_authors_are_these_two(filled):
    assert sorted(filled.authors()) == ["Austen", "Eliot"]


def test_every_title_is_listed(filled):
    assert filled.titles() == ["Middlemarch", "Silas Marner", "Emma"]


def test_no_title_is_missing(read_only):
    assert set(read_only.titles()) == {"Emma", "Middlemarch", "Silas Marner"}


@pytest.mark.parametrize(("author", "titles"), [("Eliot", ["Silas Marner", "Middlemarch"]), ("Nobody", [])])
def test_books_of_an_author_are_listed_by_year(read_only, author, titles):
    assert read_only.by(author) == titles


@pytest.mark.parametrize("isbn", ["1", "2", "3"])
def test_a_book_is_found_by_its_number(read_only, isbn):
    assert len(read_only.find(isbn)) == 3


def test_an_unknown_book_is_not_found(read_only):
    with pytest.raises(KeyError):
        read_only.find("77")


def test_a_catalogue_counts_its_books(read_only):
    assert len(read_only) == 3


def test_a_catalogue_in_a_file_is_kept(tmp_path):
    first = Catalogue(tmp_path / "books.db")
    first.add("1", "Emma", "Austen", 1815)
    first.close()
    again = Catalogue(tmp_path / "books.db")
    assert again.titles() == ["Emma"]
    again.close()
