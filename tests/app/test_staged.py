"""Two releases side by side: nothing of production's is touched, and one that does not go keeps no other."""

from __future__ import annotations

import pytest

from outpace.app.rollout_parts import Candidate
from outpace.app.staged import NEW, OLD, Stage, compared
from outpace.app.staging import Prepared
from outpace.bootstrap.staged import leads_somewhere, reaching
from outpace.delivery.edge.ports import Runtime
from outpace.delivery.exchanges.comparison import Comparison
from outpace.model.edge import Data, Edge, Staging
from outpace.model.errors import Error, ToolFailed, Unmasked
from outpace.model.release import Digest
from outpace.model.times import now


class Bare:
    """Where nothing comes up. `kept` do not go."""

    def __init__(self, *, reaching: tuple[str, ...] = (), kept: tuple[str, ...] = ()) -> None:
        self._reaching = reaching
        self._kept = kept
        self.did: list[str] = []

    def names(self) -> tuple[str, ...]:
        return ()

    def stage(self, name: str) -> Stage | None:
        return None

    def runs(self, name: str) -> bool:
        return False

    def prepare(self, name: str, like: Prepared | None = None) -> Prepared:
        self.did.append(f"prepare {name}")
        raise ToolFailed("its server is away", hint="")

    def runtime(self, name: str, prepared: Prepared) -> Runtime:
        raise AssertionError

    def candidate(self, release: Digest, prepared: Prepared) -> Candidate:
        raise AssertionError

    def beside(self, name: str, release: Digest) -> str:
        raise AssertionError

    def url(self, name: str) -> str:
        raise AssertionError

    def keep(self, stage: Stage) -> None:
        raise AssertionError

    def gone(self, name: str) -> None:
        if name in self._kept:
            raise ToolFailed(f"{name} stays", hint="")
        self.did.append(f"gone {name}")

    def cpu_seconds(self, name: str) -> float:
        return 0.0

    def shared(self) -> tuple[str, ...]:
        return self._reaching

    def reaching(self) -> tuple[str, ...]:
        return self._reaching


def compare(ground: Bare) -> None:
    def replays(*_: Stage) -> Comparison:
        raise AssertionError

    compared(ground, Digest("a" * 64), Digest("b" * 64), replays, report=print, now=now)


def test_releases_are_not_compared_on_what_is_productions() -> None:
    ground = Bare(reaching=("ANALYTICS_URL",))
    with pytest.raises(Unmasked, match="ANALYTICS_URL"):
        compare(ground)
    assert ground.did == []


def test_an_environment_of_a_comparison_that_does_not_go_keeps_no_other() -> None:
    ground = Bare(kept=(OLD,))
    with pytest.raises(Error):
        compare(ground)
    assert ground.did == [f"prepare {OLD}", f"gone {NEW}"]


@pytest.mark.parametrize(
    ("name", "value", "leads"),
    [
        ("DATABASE", "postgresql://db.internal/shop", True),
        ("DATABASE", "host=db.internal dbname=shop", True),
        ("QUEUE", "db.internal:5432", True),
        ("QUEUE", "[::1]:5432", True),
        ("QUEUE", "queue:6379/0", True),
        ("QUEUE", "192.0.2.7", True),
        ("QUEUE", "::1", True),
        ("QUEUE", "localhost", True),
        ("QUEUE", "queue-a:9092,queue-b:9092", True),
        ("DATABASE", "service=shop", True),
        ("DATABASE", "Driver={x};Server=db;Database=shop", True),
        ("DATABASE", "sqlite://", True),
        ("PGHOST", "db.internal", True),
        ("REDIS_HOST", "queue", True),
        ("DATABASE", "data/shop.sqlite3", True),
        ("DATABASE", "shop.db", True),
        ("DATABASE", "env:SET", True),
        ("KEY", "env:NOT_SET", True),
        ("KEY", "file:/run/key", True),
        ("KEY", "env:WORD", False),
        ("DJANGO_SETTINGS_MODULE", "shop.settings", False),
        ("OPENS", "08:30", False),
        ("OPENS", "08:30:15", False),
        ("LANGUAGES", "en,de", False),
        ("VERSION", "1.5", False),
        ("REDIS_HOST", "", False),
    ],
)
def test_an_address_of_production_s_is_known_in_each_of_its_spellings(name: str, value: str, leads: bool) -> None:
    assert leads_somewhere(name, value, {"SET": "queue.internal:6379", "WORD": "s3cret"}) is leads


PRODUCTION = {
    "DATABASE": "env:SHOP_DATABASE", "QUEUE": "redis://queue.internal/0", "CACHE": "file:/run/cache", "LEVEL": "info",
}  # fmt: skip


@pytest.mark.parametrize(
    ("variables", "shared", "expected"),
    [
        ({}, (), ("CACHE", "DATABASE", "QUEUE")),
        ({}, ("CACHE", "DATABASE"), ("QUEUE",)),
        ({"DATABASE": "postgres://127.0.0.1/shop", "QUEUE": "", "CACHE": ""}, (), ("DATABASE",)),
        ({"DATABASE": "postgres://127.0.0.1/shop", "QUEUE": "", "CACHE": ""}, ("DATABASE",), ()),
        ({"DATABASE": "postgres://127.0.0.1/shop_staging", "QUEUE": "", "CACHE": ""}, (), ()),
        ({"DATABASE": "env:ANOTHER", "QUEUE": "", "CACHE": ""}, (), ("DATABASE",)),
        ({"DATABASE": "env:NOT_SET", "QUEUE": "", "CACHE": ""}, (), ()),
        ({"DATABASE": "", "QUEUE": "", "CACHE": "file:/run/cache"}, (), ("CACHE",)),
        ({"DATABASE": "", "QUEUE": "", "CACHE": "file:/run/staging"}, (), ()),
        ({"DATABASE": "", "QUEUE": "queue:6379", "CACHE": ""}, (), ("QUEUE",)),
        ({"DATABASE": "", "QUEUE": "", "CACHE": "", "LEVEL": "info"}, (), ()),
        ({"DATABASE": "", "QUEUE": "", "CACHE": "", "READS": "host=localhost dbname=shop"}, (), ("READS",)),
        ({"DATABASE": "", "QUEUE": "", "CACHE": "", "ORDERS": "sqlite:///orders.db"}, (), ("ORDERS",)),
        ({"DATABASE": "", "QUEUE": "", "CACHE": "", "COPIED": "sqlite:///orders.db"}, (), ()),
    ],
)
def test_a_variable_of_staging_s_own_does_not_lead_to_production_by_another_spelling(
    variables: dict[str, str], shared: tuple[str, ...], expected: tuple[str, ...]
) -> None:
    data = (Data(source="sqlite:data/orders.db", variable="COPIED"),)
    edge = Edge(variables=PRODUCTION, staging=Staging(variables=variables, shared=shared, data=data))
    environ = {"SHOP_DATABASE": "postgresql://shop@localhost:5432/shop", "ANOTHER": "postgresql:///shop"}
    own = tuple(name for name in PRODUCTION if name not in variables)
    assert reaching(edge, environ, own) == expected
