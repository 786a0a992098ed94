import hashlib
import os

import pytest

import package_index
from package_index import DistutilsError, HashChecker, PackageIndex

GIT = """#!/bin/sh
for each do
  before=$last last=$each
done
case " $* " in
*" clone "*) mkdir -p "$last" && echo "$before" > "$last/ORIGIN" ;;
esac
"""


def test_name_and_fragment_of_an_address():
    assert package_index.egg_info_for_url("https://host/a/demo-1.0.zip#egg=demo") == ("demo-1.0.zip", "egg=demo")
    assert package_index.egg_info_for_url("https://host/demo%231.0.zip")[0] == "demo"


def test_revision_of_an_address():
    split = PackageIndex._vcs_split_rev_from_url
    assert split("git+https://host/demo.git@v1.0#egg=demo") == ("https://host/demo.git", "v1.0")
    assert split("hg+https://host/demo") == ("https://host/demo", None)
    assert split("git+ssh://git@host/demo.git") == ("ssh://git@host/demo.git", None)


def test_installer_names():
    assert package_index.parse_bdist_wininst("demo-1.0.win32-py2.7.exe") == ("demo-1.0", "2.7", "win32")
    assert package_index.parse_bdist_wininst("demo-1.0.zip") == (None, None, None)


def test_distribution_of_an_archive():
    (found,) = package_index.distros_for_url("https://host/demo-1.0.tar.gz")
    assert (found.project_name, found.version) == ("demo", "1.0")


def test_hash_of_an_address():
    checker = HashChecker.from_url("https://host/demo.zip#sha256=" + hashlib.sha256(b"demo").hexdigest())
    checker.feed(b"demo")
    assert checker.is_valid()
    checker.feed(b"more")
    assert not checker.is_valid()


def test_hosts():
    index = PackageIndex(hosts=["*.example.com"])
    assert index.url_ok("https://files.example.com/demo.zip")
    assert not index.url_ok("https://example.org/demo.zip")
    with pytest.raises(DistutilsError):
        index.download("https://example.org/demo.zip", "work")


def test_local_file(tmp_path):
    archive = tmp_path / "demo-1.0.zip"
    archive.write_bytes(b"demo")
    assert PackageIndex().download(str(archive), "work") == str(archive)
    assert PackageIndex().download(archive.as_uri(), "work") == str(archive)


def test_neither_address_nor_file():
    with pytest.raises(DistutilsError, match="Not a URL"):
        PackageIndex().download("no such thing", "work")


def test_subversion_is_not_supported():
    with pytest.raises(DistutilsError, match="SVN download is not supported"):
        PackageIndex().download("svn+https://host/demo/trunk", "work")


def test_setup_script_of_a_module(tmp_path):
    module = tmp_path / "tool.py"
    module.write_text("")
    (tmp_path / "work").mkdir()
    PackageIndex().download(module.as_uri() + "#egg=tool-1.0", str(tmp_path / "work"))
    assert "version='1.0'" in (tmp_path / "work" / "setup.py").read_text()


def test_clone(tmp_path, monkeypatch):
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "git").write_text(GIT)
    (tmp_path / "bin" / "git").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path / "bin") + os.pathsep + os.environ["PATH"])
    folder = PackageIndex().download("git+https://host/demo.git", str(tmp_path))
    assert folder == str(tmp_path / "demo.git")
    assert (tmp_path / "demo.git" / "ORIGIN").read_text() == "https://host/demo.git\n"
