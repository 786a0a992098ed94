import pytest

from shelf.catalogue import Catalogue

BOOKS = (
    ("1", "Middlemarch", "Eliot", 1871),
    ("2", "Silas Marner", "Eliot", 1861),
    ("3", "Emma", "Austen", 1815),
)


@pytest.fixture
def filled():
    catalogue = Catalogue()
    for book in BOOKS:
        catalogue.add(*book)
    yield catalogue
    catalogue.close()


@pytest.fixture(scope="module")
def read_only():
    catalogue = Catalogue()
    for book in BOOKS:
        catalogue.add(*book)
    yield catalogue
    catalogue.close()
