import io
import os
import stat
import tarfile
import zipfile

import pytest

from archive import Archive, BaseArchive, UnrecognizedArchiveFormat, extract


def tar(path, members, mode='w'):
    with tarfile.open(path, mode) as out:
        for name, content in members:
            info = tarfile.TarInfo(name)
            info.mode = 0o644
            if content is None:
                info.type = tarfile.DIRTYPE
                info.mode = 0o755
                out.addfile(info)
            else:
                data = content.encode()
                info.size = len(data)
                out.addfile(info, io.BytesIO(data))
    return str(path)


def zipped(path, members):
    with zipfile.ZipFile(path, 'w') as out:
        for name, content in members:
            out.writestr(name, content)
    return str(path)


def test_extract_tar(tmp_path):
    extract(tar(tmp_path / 'a.tar', [('1', 'one'), ('foo/2', 'two')]), str(tmp_path / 'out'))
    assert (tmp_path / 'out' / '1').read_text() == 'one'
    assert (tmp_path / 'out' / 'foo' / '2').read_text() == 'two'


def test_extract_tar_gz(tmp_path):
    extract(tar(tmp_path / 'a.tar.gz', [('1', 'one'), ('2', 'two')], 'w:gz'), str(tmp_path / 'out'))
    assert sorted(os.listdir(tmp_path / 'out')) == ['1', '2']


def test_extract_zip(tmp_path):
    extract(zipped(tmp_path / 'a.zip', [('1', 'one'), ('foo/bar/2', 'two')]), str(tmp_path / 'out'))
    assert (tmp_path / 'out' / 'foo' / 'bar' / '2').read_text() == 'two'


def test_leading_directory_is_stripped(tmp_path):
    members = [('project/1', 'one'), ('project/foo/2', 'two')]
    extract(tar(tmp_path / 'a.tar', members), str(tmp_path / 'out'))
    assert (tmp_path / 'out' / '1').exists()
    assert not (tmp_path / 'out' / 'project').exists()


def test_directories(tmp_path):
    extract(tar(tmp_path / 'a.tar', [('1', 'one'), ('empty', None)]), str(tmp_path / 'out'))
    assert (tmp_path / 'out' / 'empty').is_dir()


def test_permissions(tmp_path):
    info = zipfile.ZipInfo('run')
    info.external_attr = 0o755 << 16
    with zipfile.ZipFile(tmp_path / 'a.zip', 'w') as out:
        out.writestr(info, 'go')
        out.writestr('other', 'x')
    extract(str(tmp_path / 'a.zip'), str(tmp_path / 'out'))
    assert stat.S_IMODE(os.stat(tmp_path / 'out' / 'run').st_mode) == 0o755


def test_archive_class(tmp_path):
    path = tar(tmp_path / 'a.tar', [('1', 'one'), ('2', 'two')])
    with Archive(path) as archive:
        archive.extract(str(tmp_path / 'out'))
    assert os.listdir(tmp_path / 'out')


def test_unrecognized(tmp_path):
    with pytest.raises(UnrecognizedArchiveFormat):
        Archive(str(tmp_path / 'a.rar'))


def test_object_without_name():
    with pytest.raises(UnrecognizedArchiveFormat):
        Archive(io.BytesIO())


def test_list(tmp_path, capsys):
    with Archive(zipped(tmp_path / 'a.zip', [('1', 'one')])) as archive:
        archive.list()
    assert '1' in capsys.readouterr().out


def test_split_leading_dir():
    assert BaseArchive().split_leading_dir('a/b') == ['a', 'b']
    assert BaseArchive().split_leading_dir('a')


def test_has_leading_dir():
    assert BaseArchive().has_leading_dir(['a/1', 'a/2'])
