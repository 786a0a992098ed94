import datetime

import pytest

from utils import http
from utils.parse import urlparse


@pytest.mark.parametrize('url', [
    'http://example.com',
    'http:///example.com',
    'https://example.com',
    'ftp://example.com',
    r'\\example.com',
    r'/\example.com',
    r'http:\\example.com',
    'javascript:alert("XSS")',
    '\njavascript:alert(x)',
    '///example.com',
    '',
    None,
])
def test_unsafe_urls(url):
    assert http.is_safe_url(url, host='testserver') is False


@pytest.mark.parametrize('url', [
    '/view/?param=http://example.com',
    'view/?param=//example.com',
    'https://testserver/',
    'HTTPS://testserver/',
    '//testserver/',
    'http://testserver/confirm?email=me@example.com',
    '/url%20with%20spaces/',
])
def test_safe_urls(url):
    assert http.is_safe_url(url, host='testserver')


def test_urlparse_takes_an_address_apart():
    parts = urlparse('https://testserver/a;b?c=d#e')
    assert parts == ('https', 'testserver', '/a', 'b', 'c=d', 'e')


def test_base36():
    for n in [0, 1, 1000, 1000000]:
        assert http.base36_to_int(http.int_to_base36(n)) == n


def test_base36_refuses():
    with pytest.raises(ValueError):
        http.int_to_base36(-1)
    with pytest.raises(ValueError):
        http.base36_to_int('#')


def test_parsing_rfc1123():
    parsed = http.parse_http_date('Sun, 06 Nov 1994 08:49:37 GMT')
    assert parsed == 784111777


def test_parsing_asctime():
    parsed = http.parse_http_date('Sun Nov  6 08:49:37 1994')
    assert datetime.datetime(1994, 11, 6, 8, 49, 37) == datetime.datetime.utcfromtimestamp(parsed)


def test_http_date():
    assert http.http_date(1167616461.0) == 'Mon, 01 Jan 2007 01:54:21 GMT'


def test_is_same_domain():
    assert http.is_same_domain('example.com', 'example.com')
    assert not http.is_same_domain('example.org', 'example.com')


def test_etags():
    assert http.parse_etags(r'"", "etag", "e\"t\"ag", W/"weak"') == ['', 'etag', 'e"t"ag', 'weak']
    assert http.unquote_etag(http.quote_etag('e"tag')) == 'e"tag'


def test_base64():
    assert http.urlsafe_base64_decode(http.urlsafe_base64_encode(b'payload')) == b'payload'
