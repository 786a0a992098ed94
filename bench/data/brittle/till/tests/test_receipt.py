import pytest

from till.receipt import Line, Receipt


@pytest.fixture
def receipt():
    return Receipt().add("tea", 250, "standard").add("book", 2100, "reduced").add("stamp", 95, "zero")


def test_the_footer_names_the_rates(receipt):
    assert receipt.footer() == "rates: zero, standard, reduced"


def test_the_kinds_of_a_receipt_are_sorted(receipt):
    assert receipt.kinds() == ["reduced", "standard", "zero"]


def test_the_kinds_are_those_of_the_lines(receipt):
    assert set(receipt.kinds()) == {line.kind for line in receipt.lines}


def test_the_total_is_the_sum_of_the_lines(receipt):
    assert receipt.total == 2445


def test_a_saved_receipt_is_not_empty(receipt, tmp_path):
    assert receipt.save(tmp_path / "receipt.txt").stat().st_size > 0


def test_an_archived_receipt_reads_back(receipt, tmp_path):
    path = receipt.archive(tmp_path / "receipt.txt")
    assert path.read_text(encoding="utf-8") == receipt.render()


def test_the_last_row_is_the_total(receipt):
    assert receipt.render().splitlines()[-1].split() == ["total", "24.45", "€"]


def test_an_empty_receipt_costs_nothing():
    assert Receipt().total == 0


def test_a_line_is_standard_unless_said_otherwise():
    assert Line("tea", 250).kind == "standard"
