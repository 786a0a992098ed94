"""A release as an image: the same bytes each time, and all that the release holds."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import tarfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from outpace.engines.oci import Image, Images, exported
from outpace.engines.release_store import ReleaseStore, Stored
from outpace.model.edge import Build
from outpace.model.errors import BadInput, DamagedData
from outpace.model.times import now
from tests.fakes.index import Index, Release
from tests.fakes.project import project
from tests.fakes.releases import Workshop, application, repository, workshop
from tests.needs import needs

LONG = "folder/" * 20 + "page.html"
FILES = {"serve": "#!/bin/sh\nexec cat page.html\n", "page.html": "shop\n", LONG: "deep\n", "ä.txt": "umlaut\n"}


@pytest.fixture
def site(tmp_path: Path) -> Workshop:
    root = repository(tmp_path / "site", FILES)
    return workshop(root, tmp_path / "host")


@pytest.fixture(scope="module")
def index() -> Iterator[Index]:
    with Index({"sprout": [Release(version="1.0")]}) as running:
        yield running


@pytest.fixture
def locked(tmp_path: Path, index: Index) -> Workshop:
    needs("uv")
    made = project(tmp_path, index.url)
    made.write({"shop/__main__.py": ""}, dependencies='"sprout==1.0"')
    made.lock()
    made.commit("begin")
    return workshop(made.root, tmp_path / "host", {**os.environ, **made.environ})


def image_of(made: Workshop, stored: Stored, cache: str = "images") -> Image:
    return Images(ReleaseStore(made.store.root), made.place / cache).image(stored)


def contents(place: Path) -> dict[str, bytes]:
    return {path.relative_to(place).as_posix(): path.read_bytes() for path in place.rglob("*") if path.is_file()}


def layers(layout: Path) -> tuple[dict[str, Any], list[tarfile.TarFile]]:
    """The configuration and the layers, by following the layout's own index."""
    index = json.loads((layout / "index.json").read_bytes())
    manifest = json.loads(blob(layout, index["manifests"][0]["digest"]))
    found = [tarfile.open(layout / "blobs/sha256" / each["digest"][7:]) for each in manifest["layers"]]  # noqa: SIM115
    return json.loads(blob(layout, manifest["config"]["digest"])), found


def blob(layout: Path, digest: str) -> bytes:
    content = (layout / "blobs" / "sha256" / digest.removeprefix("sha256:")).read_bytes()
    assert f"sha256:{hashlib.sha256(content).hexdigest()}" == digest
    return content


def read(archive: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    file = archive.extractfile(member)
    assert file is not None
    return file.read()


def test_two_exports_are_the_same_to_the_byte(site: Workshop, tmp_path: Path) -> None:
    stored = site.build(application())
    first, second = image_of(site, stored), image_of(site, stored, "other")
    exported(first, tmp_path / "one", "shop")
    for path in [*stored.path.rglob("*"), stored.path]:
        os.utime(path, (1, 1), follow_symlinks=False)
    exported(second, tmp_path / "two", "shop")
    assert (first.digest, contents(tmp_path / "one")) == (second.digest, contents(tmp_path / "two"))


def test_an_image_holds_the_release_and_says_how_it_is_started(site: Workshop, tmp_path: Path) -> None:
    stored = site.build(application())
    exported(image_of(site, stored), tmp_path / "layout", "shop")
    configuration, (layer,) = layers(tmp_path / "layout")
    with layer:
        members = {each.name: each for each in layer.getmembers()}
        files = {name: read(layer, each) for name, each in members.items() if each.isfile()}
    own = {f"release/application/{name}": content.encode() for name, content in FILES.items()}
    beside = {f"release/{name}": (stored.path / name).read_bytes() for name in ("manifest.json", "inventory.cdx.json")}
    assert files == own | beside
    told = {(each.mode, each.uid, each.gid, each.mtime, each.uname) for each in members.values()}
    assert told == {(0o444, 0, 0, 0, ""), (0o555, 0, 0, 0, "")}
    assert members["release/application/serve"].mode == 0o555
    assert configuration["config"] == {
        "Cmd": ["./serve", "8080"],
        "Env": [f"OUTPACE_RELEASE={stored.digest}", "PATH=/usr/local/bin:/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE=1"],
        "ExposedPorts": {"8080/tcp": {}},
        "Labels": {
            "org.opencontainers.image.revision": stored.manifest.revision,
            "org.opencontainers.image.title": "shop",
            "org.opencontainers.image.version": stored.digest,
        },
        "User": "65532:65532",
        "WorkingDir": "/release/application",
    }


def test_the_digests_of_unpacked_layers_are_those_of_the_archives(locked: Workshop, tmp_path: Path) -> None:
    stored = locked.build(application(Build()))
    image = image_of(locked, stored)
    exported(image, tmp_path / "layout", "shop")
    configuration, archives = layers(tmp_path / "layout")
    for archive in archives:
        archive.close()
    unpacked = [gzip.decompress(each.path.read_bytes()) for each in image.blobs[:-1]]
    told = [f"sha256:{hashlib.sha256(content).hexdigest()}" for content in unpacked]
    assert (configuration["rootfs"]["diff_ids"], len(told)) == (told, 2)


def test_packages_are_a_layer_of_their_own_on_the_python_of_an_image(locked: Workshop, tmp_path: Path) -> None:
    stored = locked.build(application(Build()))
    exported(image_of(locked, stored), tmp_path / "layout", "shop")
    configuration, (below, above) = layers(tmp_path / "layout")
    with below, above:
        python = below.getmember("release/environment/bin/python")
        assert {name.split("/")[1] for name in below.getnames() if "/" in name} == {"environment"}
        assert "release/environment" not in above.getnames()
    assert stored.manifest.interpreter is not None
    version = ".".join(stored.manifest.interpreter.version.split(".")[:2])
    assert python.linkname == f"/usr/local/bin/python{version}"
    assert configuration["config"]["Env"] == [
        f"OUTPACE_RELEASE={stored.digest}",
        "PATH=/release/environment/bin:/usr/local/bin:/usr/bin:/bin",
        "PYTHONDONTWRITEBYTECODE=1",
        "PYTHONPATH=/release/application",
        "VIRTUAL_ENV=/release/environment",
    ]


def test_a_layer_that_was_changed_in_the_cache_is_not_handed_out(site: Workshop, tmp_path: Path) -> None:
    stored = site.build(application())
    image = image_of(site, stored)
    layer = image.blobs[0].path
    layer.write_bytes(layer.read_bytes()[:-1] + b"#")
    with pytest.raises(DamagedData, match="a layer in the cache was changed"):
        exported(image_of(site, stored), tmp_path / "layout", "shop")
    assert not (tmp_path / "layout").exists()
    exported(image_of(site, stored), tmp_path / "layout", "shop")
    assert blob(tmp_path / "layout", image.digest) == image.manifest


def test_a_release_that_was_changed_is_not_handed_out(site: Workshop) -> None:
    stored = site.build(application())
    image_of(site, stored)
    page = stored.application / "page.html"
    page.chmod(0o644)
    page.write_text("other\n")
    page.chmod(0o444)
    with pytest.raises(DamagedData, match=r"is not what it was: application/page\.html has another content"):
        image_of(site, stored)


@pytest.mark.parametrize("name", [".wh.page.html", "folder/.wh..wh..opq", ".wh.folder/page.html"])
def test_a_name_that_means_a_lost_file_in_an_image_is_refused(name: str, tmp_path: Path) -> None:
    made = workshop(repository(tmp_path / "site", {**FILES, name: "x"}), tmp_path / "host")
    with pytest.raises(BadInput, match="an image cannot hold"):
        image_of(made, made.build(application()))


def test_what_is_being_packed_is_not_collected(site: Workshop) -> None:
    stored = site.build(application())
    for place in (site.store.root / "known" / "used").iterdir():
        os.utime(place, (0, 0))
    image_of(site, stored)
    ((held,), _) = site.store.held()
    assert now() - held.used < timedelta(minutes=1)


def test_a_folder_that_holds_something_is_not_written_to(site: Workshop, tmp_path: Path) -> None:
    image = image_of(site, site.build(application()))
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine").touch()
    with pytest.raises(BadInput, match="is there already"):
        exported(image, tmp_path / "full", "shop")
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["mine"]


@pytest.mark.parametrize("place", ["page.html/layout", "page.html/below/layout"])
def test_a_place_where_no_image_can_be_written_is_refused(site: Workshop, tmp_path: Path, place: str) -> None:
    image = image_of(site, site.build(application()))
    with pytest.raises(BadInput, match="cannot write the image to"):
        exported(image, site.root / place, "shop")
