import pytest

from connection import HTTPConnection
from connectionpool import HTTPConnectionPool
from http_client import CannotSendRequest, InvalidURL
from request import RequestMethods


def lines(sent):
    return sent.decode('latin-1').split('\r\n')


def test_get():
    sent = HTTPConnectionPool('localhost').request('GET', '/')
    assert lines(sent) == ['GET / HTTP/1.1', 'Host: localhost', 'Accept-Encoding: identity', '', '']


def test_fields_of_get_are_in_the_url():
    sent = HTTPConnectionPool('localhost', 8080).request('get', '/find', fields={'q': 'a b'})
    assert lines(sent)[:2] == ['GET /find?q=a+b HTTP/1.1', 'Host: localhost:8080']


def test_fields_of_post_are_in_the_body():
    sent = HTTPConnectionPool('localhost').request('POST', '/', fields={'a': '1'})
    assert 'Content-Type: application/x-www-form-urlencoded' in lines(sent)
    assert lines(sent)[-1] == 'a=1'


def test_fields_and_body():
    with pytest.raises(TypeError):
        HTTPConnectionPool('localhost').request('POST', '/', fields={'a': '1'}, body='b')


def test_chunks():
    sent = HTTPConnectionPool('localhost').urlopen('PUT', '/', body=['abc', b'defgh'], chunked=True)
    assert sent.endswith(b'\r\n\r\n3\r\nabc\r\n5\r\ndefgh\r\n0\r\n\r\n')


def test_headers_of_the_caller():
    conn = HTTPConnection('localhost')
    conn.request_chunked('GET', '/', headers={'Host': 'other', 'Accept-Encoding': 'gzip'})
    assert lines(conn.sock.sent())[:3] == ['GET / HTTP/1.1', 'Host: other', 'Accept-Encoding: gzip']


def test_control_characters_in_the_url():
    with pytest.raises(InvalidURL):
        HTTPConnection('localhost').request('GET', '/\r\nX: y')


def test_control_characters_in_a_header():
    with pytest.raises(ValueError):
        HTTPConnection('localhost').request('GET', '/', headers={'A': 'b\r\nX: y'})


def test_one_request_at_a_time():
    conn = HTTPConnection('localhost')
    conn.putrequest('GET', '/')
    with pytest.raises(CannotSendRequest):
        conn.putrequest('GET', '/')


def test_trailing_dot_of_the_host():
    assert HTTPConnection('localhost.').host == 'localhost'


def test_urlopen_is_abstract():
    with pytest.raises(NotImplementedError):
        RequestMethods().urlopen('GET', '/')
