"""What a change does to the contract: words, a repr, a layout, a literal, or behavior."""

from __future__ import annotations

import pytest

from outpace.testing.mending.alterations import alteration, layout, replaced
from outpace.testing.mending.failures import Values
from outpace.testing.mending.pieces import Piece

LOGGER = "import logging\nlog = logging.getLogger(__name__)\n"


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        ("def f():\n    '''a'''\n    x()", "def f():\n    '''b'''\n    x()", "nothing"),
        ("raise E('not a day')", "raise E(f'{x} is no day')", "wording"),
        ("raise E('no day %s' % x)", "raise E(f'{x} is no day')", "wording"),
        ("raise E('no day {}'.format(x), 1)", "raise E('this is no day ' + x, 1)", "wording"),
        ("raise E(m or f'no day {x}')", "raise E(m or f'not a day: {x}')", "wording"),
        ("raise E(m or f'no day {x}')", "raise E(n or f'not a day: {x}')", "behavior"),
        ("raise E(f'no day {x}')", "raise E(f'no day {-x}')", "behavior"),
        ("raise E('at most 3 days')", "raise E('at most 4 days')", "behavior"),
        ("raise E('there is no item', 404)", "raise E('there is no item', 500)", "behavior"),
        ("raise E('there is no item', 404)", "raise E('no item is there', 500)", "behavior"),
        ("raise E(1, 'no such day')", "raise E(1, 'no day so')", "behavior"),
        ("raise E('name')", "raise E('names')", "behavior"),
        ("raise E('not a day')", "raise F('not a day')", "behavior"),
        ("raise E(f'a {x}')", "raise E(x)", "behavior"),
        ("raise E(1)", "raise E(2)", "behavior"),
        (f"{LOGGER}log.warning('no day %s', x)\nx()", f"{LOGGER}log.warning('a day: %s', x)\nx()", "wording"),
        (f"{LOGGER}log.log(3, 'no day')", f"{LOGGER}log.log(3, 'a day')", "wording"),
        (f"{LOGGER}log.log(3, 'no day')", f"{LOGGER}log.log(4, 'a day')", "behavior"),
        (f"{LOGGER}log.warning('no day %s', x)", f"{LOGGER}log.warning('no day %s', -x)", "behavior"),
        (f"{LOGGER}log.warning('no day')\nx()", f"{LOGGER}log.warning('a day')\ny()", "behavior"),
        (f"{LOGGER}ledger.log('a debit', x)", f"{LOGGER}ledger.log('one debit', x)", "behavior"),
        (f"{LOGGER}ledger.log('a debit', x)", f"{LOGGER}ledger.log('a debit', -x)", "behavior"),
        ("return 'aa'", "return 'bb'", "behavior"),
        ("class A:\n    x = 1", "class A:\n    x = 1\n    def __repr__(self): return ''", "repr"),
        ("class A:\n    x = 1", "class A:\n    x = 2\n    def __repr__(self): return ''", "behavior"),
        ("x = 1", "x = (", "behavior"),
    ],
)
def test_the_kind_of_a_change_is_told_by_the_trees(before: str, after: str, kind: str) -> None:
    assert alteration(before, after) == kind


@pytest.mark.parametrize(
    ("observed", "expected", "said"),
    [
        ("'{\"a\": 1}'", "'{ \"a\":1 }'", "only white space differs"),
        ('\'{"a": 1, "b": 2}\'', '\'{"b": 2, "a": 1}\'', "both are the same JSON document"),
        ('\'{"a": 1, "b": 2}\'', "'{\"a\": 1}'", "the JSON document has more keys (b), the others as before"),
        ('\'{"a": 2, "b": 2}\'', "'{\"a\": 1}'", ""),
        ("'{\"a\": 1}'", '\'{"a": 1, "b": 2}\'', ""),
        ("1", "1.0", ""),
        ("'a'", "'b'", ""),
    ],
)
def test_a_layout_is_told_from_a_value(observed: str, expected: str, said: str) -> None:
    assert layout(Values(observed=observed, expected=expected)) == said


@pytest.mark.parametrize(
    ("old", "new", "observed", "expected", "found"),
    [
        ("k='#c'", "k='#d'", "{'#d': 1}", "{'#c': 1}", (("#c", "#d"),)),
        ('k="rc"', 'k="pre"', "'1-pre.1'", "'1-rc.1'", (("rc", "pre"),)),
        ("k='#c'", "k='#d'", "{'#d': 2}", "{'#c': 1}", ()),
        ("k = 1", "k = 2", "2", "1", ()),
        ("f('один', 'два')", "f('odin', 'dva')", "'odin, dva'", "'один, два'", (("один", "odin"), ("два", "dva"))),
        ("f('a', 'b')", "f('b', 'a')", "'b'", "'a'", ()),
    ],
)
def test_a_literal_explains_a_value_only_if_literals_alone_make_the_difference(
    old: str, new: str, observed: str, expected: str, found: tuple[tuple[str, str], ...]
) -> None:
    piece = Piece(number=0, path="a.py", line=1, function="", old=old, new=new)
    assert replaced((piece,), Values(observed=observed, expected=expected)) == found
