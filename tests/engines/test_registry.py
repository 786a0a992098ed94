"""Images are pushed to a real registry, and nothing is sent twice, nor to whom it is not meant for."""

from __future__ import annotations

import base64
import json
import random
import socket
import threading
import urllib.request
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from outpace.engines.http import Bounds
from outpace.engines.oci import Image, Images
from outpace.engines.registry import Reference, Registry, reference_of
from outpace.model.errors import BadInput, Refused, ToolFailed, Unreachable
from tests.fakes.loopback import Loopback, Reply, loopback
from tests.fakes.registry import ENTRY, registry
from tests.fakes.releases import application, committed, repository, workshop

FILES = {"serve": "#!/bin/sh\nexec cat page.html\n", "page.html": "shop\n"}
TWICE = Bounds(size=1 << 20, silence=10, tries=2, pause=0)
QUICK = Bounds(size=1 << 20, seconds=5, silence=2, tries=1, pause=0)


def silent(_event: str) -> None:
    return


@pytest.fixture
def image(tmp_path: Path) -> Image:
    made = workshop(repository(tmp_path / "site", FILES), tmp_path / "host")
    return Images(made.store, tmp_path / "images").image(made.build(application()))


def fetched(host: str, path: str, accept: str = "*/*") -> bytes:
    request = urllib.request.Request(f"http://{host}{path}", headers={"Accept": accept})
    with urllib.request.urlopen(request, timeout=10) as got:
        return got.read()


def test_a_second_push_sends_no_blob_and_the_digest_is_the_same(image: Image, tmp_path: Path) -> None:
    with registry(tmp_path / "registry") as served:
        where = reference_of(f"{served.host}/team/shop:1.0")
        first = Registry(where, report=silent).push(image)
        sent = served.asked("PUT")
        second = Registry(where, report=silent).push(image)
        again = served.asked("PUT")[len(sent) :]
        manifest = fetched(served.host, "/v2/team/shop/manifests/1.0", "application/vnd.oci.image.manifest.v1+json")
    assert (first.sent, first.present, first.size) == (2, 0, sum(blob.size for blob in image.blobs))
    assert (second.sent, second.present, second.size) == (0, 2, 0)
    assert (first.digest, second.digest, manifest) == (image.digest, image.digest, image.manifest)
    assert again == ["/v2/team/shop/manifests/1.0"]


def test_what_was_pushed_can_be_pulled_whole(image: Image, tmp_path: Path) -> None:
    with registry(tmp_path / "registry") as served:
        Registry(reference_of(f"{served.host}/shop:1"), report=silent).push(image)
        pulled = [fetched(served.host, f"/v2/shop/blobs/{blob.digest}") for blob in image.blobs]
        tags: Any = json.loads(fetched(served.host, "/v2/shop/tags/list"))
    assert pulled == [blob.path.read_bytes() for blob in image.blobs]
    assert tags == {"name": "shop", "tags": ["1"]}


def test_a_release_of_changed_files_sends_what_is_new_alone(tmp_path: Path) -> None:
    made = workshop(repository(tmp_path / "site", FILES), tmp_path / "host")
    images = Images(made.store, tmp_path / "images")
    with registry(tmp_path / "registry") as served:
        where = reference_of(f"{served.host}/shop:1")
        Registry(where, report=silent).push(images.image(made.build(application())))
        committed(made.root, {"page.html": "new\n"})
        pushed = Registry(where, report=silent).push(images.image(made.build(application())))
    assert (pushed.sent, pushed.present) == (2, 0)  # the application, and the configuration that names it


@pytest.mark.parametrize(
    ("credentials", "why"),
    [("", "wants credentials"), ("robot:guessed", "does not know these credentials"), ("robot:s3cret", "")],
)
def test_a_registry_that_wants_credentials_gets_them_by_reference_alone(
    credentials: str, why: str, image: Image, tmp_path: Path
) -> None:
    with registry(tmp_path / "registry", entry=ENTRY) as served:
        pushing = Registry(reference_of(f"{served.host}/shop:1"), credentials=credentials, report=silent)
        if not why:
            assert pushing.push(image).sent == 2
            return
        with pytest.raises(Refused, match=why) as refused:
            pushing.push(image)
    assert "guessed" not in refused.value.message + refused.value.hint


def test_a_token_is_bought_with_the_credentials_where_the_registry_says_so(image: Image) -> None:
    with loopback() as server:
        host = server.url.removeprefix("http://")
        realm = f'Bearer realm="{server.url}/token",service="shop",scope="repository:shop:pull,push"'
        unknown = Reply(status=401, headers={"WWW-Authenticate": realm})
        first, *others = image.blobs
        server.serve(f"/v2/shop/blobs/{first.digest}", unknown, Reply(status=200))
        for blob in others:
            server.serve(f"/v2/shop/blobs/{blob.digest}", Reply(status=200))
        server.serve("/token?scope=repository%3Ashop%3Apull%2Cpush&service=shop", Reply(body=b'{"token": "t0ken"}'))
        server.serve("/v2/shop/manifests/1", Reply(status=201))
        Registry(reference_of(f"{host}/shop:1"), credentials="robot:s3cret", report=silent).push(image)
        told = {each.line.split()[1]: each.headers.get("authorization") for each in server.received}
        asked = [each.headers.get("authorization") for each in server.received]
    assert told["/token?scope=repository%3Ashop%3Apull%2Cpush&service=shop"] == "Basic cm9ib3Q6czNjcmV0"
    assert told["/v2/shop/manifests/1"] == "Bearer t0ken"
    assert asked[0] is None


def elsewhere(server: Loopback, image: Image, location: str) -> None:
    server.serve("/v2/shop/blobs/uploads/", Reply(status=202, headers={"Location": location}))
    for blob in image.blobs:
        server.serve(f"/v2/shop/blobs/{blob.digest}", Reply(status=404))


def test_credentials_do_not_go_where_an_upload_is_sent_on_to(image: Image) -> None:
    with loopback() as server, loopback() as other:
        host = server.url.removeprefix("http://")
        elsewhere(server, image, f"{other.url}/upload?session=1")
        first = image.blobs[0]
        unknown = Reply(status=401, headers={"WWW-Authenticate": 'Basic realm="x"'})
        server.serve(f"/v2/shop/blobs/{first.digest}", unknown, Reply(status=404))
        for blob in image.blobs:
            other.serve(f"/upload?session=1&digest=sha256%3A{blob.digest[7:]}", Reply(status=201))
        server.serve("/v2/shop/manifests/1", Reply(status=201))
        pushed = Registry(reference_of(f"{host}/shop:1"), credentials="robot:s3cret", report=silent).push(image)
        kept = {each.headers.get("authorization") for each in server.received[1:]}
        passed = {each.headers.get("authorization") for each in other.received}
        bodies = [each.body for each in other.received]
    assert (kept, passed, pushed.sent) == ({"Basic cm9ib3Q6czNjcmV0"}, {None}, 2)
    assert bodies == [blob.path.read_bytes() for blob in image.blobs]


@pytest.mark.parametrize(
    ("status", "body", "kind", "why"),
    [
        (403, b"", Refused, "does not let these credentials push shop"),
        (404, b"", Unreachable, "is no registry, or has no shop"),
        (400, b'{"errors": [{"code": "NAME_INVALID", "message": "\x1b[31mred"}]}', ToolFailed, "400 .*: NAME_INVALID$"),
        (507, b"no room", ToolFailed, "answered 507"),
    ],
)
def test_what_a_registry_refuses_is_said_in_our_words(
    status: int, body: bytes, kind: type[Exception], why: str, image: Image
) -> None:
    with loopback() as server:
        elsewhere(server, image, "/upload")
        server.serve("/v2/shop/blobs/uploads/", Reply(status=status, body=body))
        host = server.url.removeprefix("http://")
        with pytest.raises(kind, match=why) as refused:
            Registry(reference_of(f"{host}/shop:1"), bounds=QUICK, report=silent).push(image)
    assert "\x1b" not in str(refused.value)


def test_an_upload_that_breaks_off_is_begun_anew(tmp_path: Path) -> None:
    """A registry that kept a part takes the whole no more in that place."""
    noise = base64.b64encode(random.Random(8).randbytes(8 << 20)).decode()
    made = workshop(repository(tmp_path / "site", {**FILES, "noise": noise}), tmp_path / "host")
    image = Images(made.store, tmp_path / "images").image(made.build(application()))
    with registry(tmp_path / "registry") as served, breaking(served.host, after=1 << 20) as host:
        said: list[str] = []
        pushed = Registry(reference_of(f"{host}/shop:1"), bounds=TWICE, report=said.append).push(image)
        kept = fetched(served.host, f"/v2/shop/blobs/{image.blobs[0].digest}")
    assert (pushed.sent, kept) == (2, image.blobs[0].path.read_bytes())
    assert [each for each in said if "broke off" in each] == [f"{host} broke off; sending it anew"]


@contextmanager
def breaking(host: str, *, after: int) -> Generator[str]:
    """In front of a server: the first connection with more bytes than that to it is cut off there."""
    name, _, port = host.partition(":")
    broken = threading.Event()

    def pass_on(source: socket.socket, target: socket.socket, most: float) -> None:
        with suppress(OSError):
            while part := source.recv(1 << 16):
                most -= len(part)
                if most < 0:
                    broken.set()
                    break
                target.sendall(part)
        for each in (source, target):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def connect(ours: socket.socket) -> None:
        most = float("inf") if broken.is_set() else after
        with ours, socket.create_connection((name, int(port))) as theirs:
            back = threading.Thread(target=pass_on, args=(theirs, ours, float("inf")))
            back.start()
            pass_on(ours, theirs, most)
            back.join()

    with socket.create_server(("127.0.0.1", 0)) as listening, ThreadPoolExecutor() as connections:

        def serve() -> None:
            with suppress(OSError):
                while True:
                    connections.submit(connect, listening.accept()[0])

        serving = threading.Thread(target=serve)
        serving.start()
        try:
            yield f"127.0.0.1:{listening.getsockname()[1]}"
        finally:
            listening.shutdown(socket.SHUT_RDWR)
            serving.join()


def test_a_registry_that_is_not_there_is_unreachable(image: Image) -> None:
    with loopback() as server:
        host = server.url.removeprefix("http://")
    with pytest.raises(Unreachable):
        Registry(reference_of(f"{host}/shop:1"), bounds=QUICK, report=silent).push(image)


def test_a_password_does_not_go_over_http_to_another_host() -> None:
    with pytest.raises(Refused, match=r"would go to registry\.example\.com unencrypted"):
        Registry(reference_of("http://registry.example.com/shop:1"), credentials="robot:s3cret", report=silent)


@pytest.mark.parametrize(
    ("told", "reference"),
    [
        ("localhost:5000/shop:1", Reference(host="localhost:5000", name="shop", tag="1", scheme="http")),
        ("127.0.0.1/a/b:v1.2", Reference(host="127.0.0.1", name="a/b", tag="v1.2", scheme="http")),
        ("[::1]:5000/shop:1", Reference(host="[::1]:5000", name="shop", tag="1", scheme="http")),
        ("r.example.com/shop:1", Reference(host="r.example.com", name="shop", tag="1", scheme="https")),
        ("http://r.example.com/shop:1", Reference(host="r.example.com", name="shop", tag="1", scheme="http")),
        ("localhost.example.com/s:1", Reference(host="localhost.example.com", name="s", tag="1", scheme="https")),
    ],
)
def test_https_is_spoken_but_with_this_machine(told: str, reference: Reference) -> None:
    assert reference_of(told) == reference


@pytest.mark.parametrize(
    "told",
    ["shop:1", "host/shop", "host/Shop:1", "host/../shop:1", "u:p@host/shop:1", "host/shop:1?x", "ftp://h/s:1", ""],
)
def test_what_is_no_place_in_a_registry_is_refused(told: str) -> None:
    with pytest.raises(BadInput, match="is no place in a registry"):
        reference_of(told)
