import pytest

from formulas import FormulaError, Sheet, amount, evaluate, fill, money, select, total

ROWS = [{"name": "atlas", "price": 40, "qty": 2}, {"name": "globe", "price": 15, "qty": 10}]


def test_arithmetic():
    assert evaluate("2 + 3 * 4") == 14


def test_columns():
    assert evaluate("=price * qty", {"price": 3, "qty": 5}) == 15


def test_functions():
    assert evaluate("max(price, 10)", {"price": 3}) == 10


def test_empty_formula():
    with pytest.raises(FormulaError):
        evaluate("  ")


def test_unknown_column():
    with pytest.raises(FormulaError):
        evaluate("weight * 2", {"price": 3})


def test_select():
    assert select(ROWS, "price > 20") == [ROWS[0]]


def test_fill():
    assert fill("{price * 2:.2f} EUR", {"price": 3}) == "6.00 EUR"


def test_amount():
    assert amount("1.234,50") == 1234.5


def test_money():
    assert money(1234.5) == "1,234.50 EUR"


def test_total():
    assert total(ROWS, "qty") == 12


def test_sheet():
    sheet = Sheet({"net": 10, "gross": "=net * 1.5"})
    assert sheet.value("gross") == 15


def test_sheet_that_needs_itself():
    with pytest.raises(FormulaError):
        Sheet({"a": "=b", "b": "=a"}).value("a")
