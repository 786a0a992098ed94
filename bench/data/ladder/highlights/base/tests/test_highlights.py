import pytest

from highlights import ClassNotFound, format_html, get_lexer_by_name, get_lexer_for_filename, highlight, lex
from highlights.token import Comment, Error, Keyword, Name, Number, Operator, Punctuation, String, Text, Token, string_to_tokentype


def tokens(alias, text):
    return [(kind, value) for kind, value in lex(text, get_lexer_by_name(alias)) if kind is not Text]


def test_io_assignment():
    assert tokens("io", 'x := "hello"') == [(Name, "x"), (Operator, ":="), (String, '"hello"')]


def test_io_nested_comment():
    found = tokens("io", "/+ a /+ b +/ c +/ nil")
    assert {kind for kind, _ in found[:-1]} == {Comment.Multiline}
    assert found[-1] == (Name.Constant, "nil")


def test_io_message():
    assert tokens("io", 'if(a, "b" println)')[:2] == [(Keyword, "if"), (Operator, "(")]


def test_ambienttalk_block():
    found = tokens("at", 'when: Printer discovered: { |p| p.print("x") }')
    assert found[0] == (Name.Builtin, "when:")
    assert (Name.Variable, "p") in found
    assert (String, '"x"') in found


def test_ambienttalk_numbers():
    assert tokens("at", "1.5 2") == [(Number.Float, "1.5"), (Number.Integer, "2")]


def test_odin_attributes():
    assert tokens("odin", "height = <1.85>\nage = <42>\n") == [
        (Name.Class, "height"), (Operator, "="), (Punctuation, "<"), (Number.Float, "1.85"), (Punctuation, ">"),
        (Name.Class, "age"), (Operator, "="), (Punctuation, "<"), (Number.Integer, "42"), (Punctuation, ">"),
    ]


def test_odin_interval():
    assert (Number.Integer, "10") in tokens("odin", "range = <|0..10|>")


def test_what_no_rule_matches_is_an_error():
    assert tokens("io", "$") == [(Error, "$")]


def test_lookup():
    assert get_lexer_by_name("IO").name == "Io"
    assert get_lexer_for_filename("models/person.odin").name == "ODIN"
    with pytest.raises(ClassNotFound):
        get_lexer_by_name("cobol")


def test_bytes_are_decoded():
    assert tokens("io", b"caf\xc3\xa9")[0] == (Name, "caf\xe9")


def test_html():
    html = highlight("a < 1", get_lexer_by_name("io"))
    assert html == (
        '<div class="highlight"><pre><span class="n">a</span> <span class="o">&lt;</span> <span class="mf">1</span>\n</pre></div>\n'
    )


def test_html_of_no_tokens():
    assert format_html([]) == '<div class="highlight"><pre></pre></div>\n'


def test_token_types():
    assert string_to_tokentype("Name.Class") is Name.Class
    assert string_to_tokentype("") is Token
