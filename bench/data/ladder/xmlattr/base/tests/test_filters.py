import pytest

from filters import (FILTERS, do_capitalize, do_forceescape, do_items, do_replace, do_striptags, do_title,
                     do_trim, do_wordcount, do_xmlattr)
from markup import Markup, escape
from runtime import Environment, EvalContext, Undefined

PLAIN, ESCAPED = EvalContext(Environment()), EvalContext(Environment(autoescape=True))


def test_xmlattr():
    out = do_xmlattr(PLAIN, {'foo': 42, 'bar': 23, 'fish': None, 'spam': Undefined(name='missing'), 'blub:blub': '<?>'})
    assert sorted(out.split()) == ['bar="23"', 'blub:blub="&lt;?&gt;"', 'foo="42"']


def test_xmlattr_without_items():
    assert do_xmlattr(PLAIN, {}) == ''


def test_xmlattr_is_markup():
    assert isinstance(do_xmlattr(ESCAPED, {'id': 'a'}), Markup)


def test_escape():
    assert escape('<a href="x">\'&') == '&lt;a href=&#34;x&#34;&gt;&#39;&amp;'


def test_forceescape():
    assert do_forceescape(Markup('<div />')) == '&lt;div /&gt;'


def test_replace():
    assert do_replace(PLAIN, '<foobar>', 'o', '42') == '<f4242bar>'
    assert do_replace(ESCAPED, Markup('foo'), 'o', '>x<') == 'f&gt;x&lt;&gt;x&lt;'


def test_items():
    assert list(do_items({1: 2})) == [(1, 2)]
    with pytest.raises(TypeError):
        list(do_items(1))


def test_capitalize():
    assert do_capitalize('foo BAR') == 'Foo bar'


def test_title():
    assert do_title('foo bar') == 'Foo Bar'
    assert do_title("foo's bar") == "Foo's Bar"


def test_trim():
    assert do_trim('  foo ') == 'foo'


def test_striptags():
    assert do_striptags('  <p>just a small   \n <a href="#">example</a> link</p>') == 'just a small example link'


def test_wordcount():
    assert do_wordcount('foo bar baz') == 3


def test_names():
    assert FILTERS['e'] is FILTERS['escape']
