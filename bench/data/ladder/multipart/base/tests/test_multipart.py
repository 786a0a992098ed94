import pytest

from multipart import (Field, FormParser, FormParserError, OctetStreamParser, create_form_parser, disposition_of,
                       parse_options_header)


def test_simple_header():
    assert parse_options_header('application/json') == (b'application/json', {})


def test_blank_header():
    assert parse_options_header('') == (b'', {})


def test_single_param():
    assert parse_options_header('application/json;par=val') == (b'application/json', {b'par': b'val'})


def test_blanks_around():
    assert parse_options_header(b'application/json;     par=val') == (b'application/json', {b'par': b'val'})


def test_multiple_params():
    kind, options = parse_options_header('application/json;par=val;asdf=foo')
    assert options == {b'par': b'val', b'asdf': b'foo'}


def test_quoted_param():
    assert parse_options_header('application/json;param="quoted"')[1] == {b'param': b'quoted'}


def test_quoted_param_with_semicolon():
    assert parse_options_header('application/json;param="quoted;but=with"')[1][b'param'] == b'quoted;but=with'


def test_quoted_param_with_escapes():
    assert parse_options_header(b'application/json;param="This \\" is \\" a \\" quote"')[1][b'param'] == b'This " is " a " quote'


def test_ie6_file_name():
    assert disposition_of({b'Content-Disposition': b'form-data; filename="C:\\dir\\a.txt"'})[1] == b'a.txt'


def test_field():
    field = Field.from_value(b'name', b'value')
    assert field.field_name == b'name'
    assert field == Field.from_value(b'name', b'value')


def test_octet_stream():
    seen = []
    parser = create_form_parser({'Content-Type': 'application/octet-stream', 'X-File-Name': 'a.bin'}, None, seen.append)
    assert isinstance(parser, FormParser)
    parser.write(b'abc')
    parser.write(b'def')
    parser.finalize()
    assert seen[0].value == b'abcdef'


def test_unknown_type():
    with pytest.raises(FormParserError):
        create_form_parser({'Content-Type': 'text/plain'}, None, None)


def test_no_type():
    with pytest.raises(ValueError):
        create_form_parser({}, None, None)


def test_size_must_be_positive():
    with pytest.raises(ValueError):
        OctetStreamParser({}, max_size=0)
