"""Blocks of a path, a method and a header by the real Envoy: in every spelling, not more, and not for longer."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import timedelta

import pytest

from outpace.delivery.edge.traffic import Block, Blocked, BlockHeader, BlockMethod, BlockPath, Traffic
from outpace.model import times
from tests.edge.bare import A, Bare, bare_edge
from tests.edge.shop import PATIENCE, Shop, until

LONG = timedelta(hours=1)


@pytest.fixture(scope="module")
def edge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bare]:
    with bare_edge(tmp_path_factory.mktemp("blocks") / "bare") as edge:
        yield edge


def block(what: Blocked, lasts: timedelta = LONG) -> Block:
    return Block(what=what, until=times.now() + lasts, why="a fix is on its way")


def status(port: int, path: str, method: str = "GET", *lines: str) -> int:
    """Sent as it is spelled: no client of ours may tidy it."""
    fields = "".join(f"{line}\r\n" for line in ("Host: shop.test", "Content-Length: 0", "Connection: close", *lines))
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
        connection.sendall(f"{method} {path} HTTP/1.1\r\n{fields}\r\n".encode("latin-1"))
        return int(connection.recv(64).split()[1])


@pytest.mark.parametrize(
    "path",
    [
        "/admin/export",
        "/admin/export/",
        "/admin/export/all",
        "/admin/export?a=b",
        "/Admin/EXPORT",
        "/%61dmin/export",
        "/%61%64%6d%69%6e%2fexport",
        "/admin%2Fexport",
        "/admin//export",
        "//admin/export",
        "/admin/./export",
        "/shop/../admin/export",
        "/shop/%2e%2e/admin/export",
        "/shop/..%2fadmin/export",
        "/admin/export;v=1",
        "/admin\\export",
    ],
)
def test_a_blocked_path_is_blocked_however_it_is_spelled(edge: Bare, path: str) -> None:
    edge.runtime.reblock(lambda _: (block(BlockPath(path="/admin/export")),))
    assert status(edge.port, path) in (400, 403)


@pytest.mark.parametrize(
    "path",
    ["/", "/admin", "/admin/exports", "/admin/export2", "/shop/admin/export", "/adminexport", "/?p=/admin/export"],
)
def test_neighbors_of_a_blocked_path_are_answered(edge: Bare, path: str) -> None:
    edge.runtime.reblock(lambda _: (block(BlockPath(path="/admin/export")),))
    assert status(edge.port, path) == 200


def test_a_path_that_is_blocked_is_answered_by_nobody_where_nothing_blocks_it_any_more(edge: Bare) -> None:
    """The table above is worth something: without the block each is answered."""
    edge.runtime.reblock(lambda _: ())
    assert status(edge.port, "/%61dmin//export") == 200


@pytest.mark.parametrize(
    ("what", "refused", "answered"),
    [
        (
            BlockMethod(method="DELETE"),
            [("/", "DELETE"), ("/any/thing", "DELETE")],
            [("/", "GET"), ("/", "POST"), ("/", "PATCH")],
        ),
        (
            BlockMethod(method="get", path="/files"),
            [("/files", "GET"), ("/files/a", "HEAD"), ("/%66iles", "GET")],
            [("/files", "POST"), ("/other", "GET")],
        ),
        (
            BlockHeader(header="X-Forwarded-Script"),
            [("/", "GET", "x-forwarded-script: a"), ("/", "POST", "X-FORWARDED-SCRIPT:")],
            [("/", "GET"), ("/", "GET", "x-forwarded-scripts: a")],
        ),
        (
            BlockHeader(header="user-agent", contains="${jndi:"),
            [("/", "GET", "User-Agent: a ${jndi:ldap://b} c"), ("/", "GET", "User-Agent: ${JNDI:x}")],
            [("/", "GET", "User-Agent: jndi"), ("/", "GET", "Referer: ${jndi:x}")],
        ),
    ],
    ids=["a method", "a method of a path", "a header", "a header's value"],
)
def test_what_is_blocked_is_refused_and_everything_beside_it_is_answered(
    edge: Bare, what: Blocked, refused: list[tuple[str, ...]], answered: list[tuple[str, ...]]
) -> None:
    edge.runtime.reblock(lambda _: (block(what),))
    assert [status(edge.port, *each) for each in refused] == [403] * len(refused)
    assert [status(edge.port, *each) for each in answered] == [200] * len(answered)


def test_a_block_is_gone_after_its_end_though_nobody_looks(edge: Bare) -> None:
    over, goes_on = block(BlockPath(path="/over"), timedelta(seconds=3)), block(BlockPath(path="/stays"))
    edge.runtime.reblock(lambda _: (over, goes_on))
    edge.runtime.prepare_revert(Traffic(baseline=A))
    assert (status(edge.port, "/over"), status(edge.port, "/stays")) == (403, 403)
    until(lambda: status(edge.port, "/over") == 200, "it is over")
    assert status(edge.port, "/stays") == 403
    prepared = edge.runtime.place.xds / "rds.revert.json"
    until(lambda: b"(?:o|%6f)(?:v|%76)" not in prepared.read_bytes(), "what is prepared is without it")
    edge.runtime.revert(A)
    assert (status(edge.port, "/over"), status(edge.port, "/stays")) == (200, 403)


def test_a_block_is_kept_over_a_rollout_and_a_rollback(shop: Shop) -> None:
    stays = block(BlockPath(path="/admin"))
    shop.runtime.reblock(lambda blocks: (*blocks, stays))
    shop.commit("2")
    with shop.load() as load:
        shop.outpace("rollout", "--soak")
        assert (shop.version(), status(shop.port, "/admin/x")) == ("2", 403)
        shop.outpace("rollback")
        assert (shop.version(), status(shop.port, "/admin/x")) == ("1", 403)
        shop.outpace("edge", "up")
        assert (shop.version(), status(shop.port, "/admin/x")) == ("1", 403)
    counts = load.end()
    assert (counts.bad, counts.failed) == (0, 0)
    traffic = shop.runtime.traffic()
    assert traffic is not None
    assert traffic.blocks == (stays,)


@pytest.mark.parametrize("ends", ["taken back", "promoted"])
def test_a_block_that_is_put_up_during_a_rollout_stays_however_that_ends(shop: Shop, ends: str) -> None:
    shop.commit("2")
    process = shop.begin("rollout")
    until(lambda: (traffic := shop.runtime.traffic()) and traffic.weight, "some users are sent")
    shop.runtime.reblock(lambda _: (block(BlockPath(path="/admin")),))
    if ends == "promoted":
        with shop.load():
            process.communicate(timeout=PATIENCE)
        assert shop.version() == "2"
    else:
        process.kill()
        process.communicate(timeout=PATIENCE)
        until(lambda: shop.stage() == "reverted", "it is taken back")
        assert shop.version() == "1"
    assert status(shop.port, "/admin/x") == 403
