import hashlib
import io
import os
import zipfile

import pytest

from download import (
    _check_download_dir, _download_http_url, is_archive_file,
    unpack_http_url,
)
from misc import Hashes, HashMismatch
from models import Link
from session import HTTPError, Session

URL = 'http://example.com/packages/demo-1.0.zip#egg=demo'


def archive():
    file = io.BytesIO()
    with zipfile.ZipFile(file, 'w') as opened:
        opened.writestr('demo-1.0/setup.py', 'setup()')
    return file.getvalue()


def session(headers=None, body=None, *moved):
    return Session({URL.split('#')[0]: (headers or {}, archive() if body is None else body) + moved})


def test_unpack_http_url(tmp_path):
    unpack_http_url(Link(URL), str(tmp_path / 'build'), session=session())
    assert (tmp_path / 'build' / 'setup.py').read_text() == 'setup()'


def test_unpack_http_url_wants_a_session(tmp_path):
    with pytest.raises(TypeError):
        unpack_http_url(Link(URL), str(tmp_path))


def test_unpack_keeps_the_download(tmp_path):
    os.mkdir(tmp_path / 'kept')
    unpack_http_url(Link(URL), str(tmp_path / 'build'), str(tmp_path / 'kept'), session())
    assert os.listdir(tmp_path / 'kept') == ['demo-1.0.zip']


def test_download_http_url(tmp_path):
    found = _download_http_url(Link(URL), session({'Content-Type': 'application/zip'}), str(tmp_path), None)
    assert found == (str(tmp_path / 'demo-1.0.zip'), 'application/zip')


def test_download_http_url_takes_the_name_of_the_header(tmp_path):
    headers = {'Content-Disposition': 'attachment; filename="other-2.0.zip"'}
    found, _ = _download_http_url(Link(URL), session(headers), str(tmp_path), None)
    assert os.path.basename(found) == 'other-2.0.zip'


def test_download_http_url_checks_hashes(tmp_path):
    with pytest.raises(HashMismatch):
        _download_http_url(Link(URL), session(), str(tmp_path), Hashes({'sha256': ['0']}))


def test_download_http_url_of_a_page_that_is_not_there(tmp_path):
    with pytest.raises(HTTPError):
        _download_http_url(Link('http://example.com/x.zip'), session(), str(tmp_path), None)


def test_check_download_dir(tmp_path):
    (tmp_path / 'demo-1.0.zip').write_bytes(b'old')
    good = Hashes({'sha256': [hashlib.sha256(b'old').hexdigest()]})
    assert _check_download_dir(Link(URL), str(tmp_path), good) == str(tmp_path / 'demo-1.0.zip')


def test_is_archive_file():
    assert is_archive_file('demo.zip')
    assert not is_archive_file('demo.txt')
