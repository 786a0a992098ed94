"""Formulas of price sheets.

A formula is what a customer types into a cell or a filter: numbers, texts in quotes, the names of columns,
`+ - * / // %`, comparisons and `in` with a tuple, `and`, `or`, `not`, `x if condition else y`, and the functions
min, max, round and abs. Formulas come from customers' sheets and from the address line of the filter page.
"""

import re

FUNCTIONS = {"min": min, "max": max, "round": round, "abs": abs}
SIGNS = {"\u00d7": "*", "\u00f7": "/", "\u2212": "-", "\u20ac": "", "$": ""}
PLACEHOLDER = re.compile(r"\{([^{}:]+)(?::([^{}:]*))?\}")


class FormulaError(ValueError):
    """A formula that cannot be worked out."""


def tidy(text):
    """The formula without the leading equals sign, with plain operators and without currency signs."""
    for sign, plain in SIGNS.items():
        text = text.replace(sign, plain)
    text = text.strip()
    if text.startswith("="):
        text = text[1:].strip()
    return text


def evaluate(text, values=None):
    """What the formula comes to; `values` are the columns that it may name.

    A column is found before a function of the same name.
    """
    source = tidy(text)
    if not source:
        raise FormulaError("empty formula")
    scope = {**FUNCTIONS, **(values or {})}
    try:
        return eval(source, scope)
    except Exception as error:
        raise FormulaError(f"cannot work out {source!r}") from error


def select(rows, condition):
    """The rows for which the condition holds; a row that lacks a column of it is left out."""
    source = tidy(condition)
    try:
        code = compile(source, "<condition>", "eval")
    except (SyntaxError, ValueError) as error:
        raise FormulaError(f"cannot read {source!r}") from error
    found = []
    for row in rows:
        try:
            holds = eval(code, dict(FUNCTIONS), row)
        except NameError:
            continue
        except Exception as error:
            raise FormulaError(f"cannot work out {source!r}") from error
        if holds:
            found.append(row)
    return found


def fill(template, values):
    """The template with each `{formula}` or `{formula:format}` worked out; one that cannot be stays as it is."""

    def put(match):
        try:
            number = eval(tidy(match.group(1)), {}, {**FUNCTIONS, **values})
            return format(number, match.group(2) or "")
        except Exception:
            return match.group(0)

    return PLACEHOLDER.sub(put, template)


def amount(text):
    """The number in a text such as `1.234,50` (comma before the cents) or `1,234.50`; None where there is none."""
    digits = re.sub(r"[^0-9.,-]", "", text)
    if not re.search(r"\d", digits):
        return None
    comma, point = digits.rfind(","), digits.rfind(".")
    if comma > point:
        digits = digits.replace(".", "").replace(",", ".")
    else:
        digits = digits.replace(",", "")
    return float(digits)


def money(number, currency="EUR"):
    """The number with two places and thousands apart; a negative one in parentheses."""
    shown = f"{abs(number):,.2f} {currency}"
    return f"({shown})" if number < 0 else shown


def total(rows, column):
    """The sum of a column; empty cells and texts without a number count as nothing."""
    result = 0
    for row in rows:
        cell = row.get(column)
        if isinstance(cell, str):
            cell = amount(cell)
        if cell is not None:
            result += cell
    return result


class Sheet:
    """Named cells: numbers, texts, or formulas that begin with an equals sign and may name other cells."""

    def __init__(self, cells=None):
        self.cells = dict(cells or {})

    def set(self, name, cell):
        if not name.isidentifier():
            raise FormulaError(f"not a name: {name!r}")
        self.cells[name] = cell

    def value(self, name, _open=()):
        """What the cell comes to; a cell that needs itself is an error."""
        if name in _open:
            raise FormulaError(f"{name} needs itself")
        cell = self.cells.get(name)
        if not (isinstance(cell, str) and cell.startswith("=")):
            return cell
        needed = {word for word in re.findall(r"[A-Za-z_]\w*", cell) if word in self.cells}
        return evaluate(cell, {word: self.value(word, (*_open, name)) for word in needed})

    def report(self):
        """Each cell with what it comes to, or the word `error`, by name."""
        lines = []
        for name in sorted(self.cells):
            try:
                shown = self.value(name)
            except FormulaError:
                shown = "error"
            lines.append(f"{name}: {shown}")
        return "\n".join(lines)
