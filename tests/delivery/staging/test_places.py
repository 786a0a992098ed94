"""Which spellings are of one place, which may be, and which are of two."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outpace.delivery.staging.places import may_be_one

SHOP = "postgresql://shop:s3cret@localhost:5432/shop"
CERTAIN = [
    *[(SHOP, other) for other in (
        "postgres://127.0.0.1/shop", "postgresql://127.0.0.9/shop", "postgresql+asyncpg://[::1]:5432/shop",
        "POSTGRESQL://LOCALHOST./shop", "postgresql://0.0.0.0/shop", "postgresql://[0:0:0:0:0:0:0:1]/shop",
        "postgresql://[::ffff:127.0.0.1]/shop", "postgresql:///shop", "postgresql://%2Fvar%2Frun%2Fpostgresql/shop",
        "postgresql:///shop?host=/tmp", "postgresql:///?host=localhost&dbname=shop", "postgresql://localhost/%73hop",
        "postgresql://other:user@localhost:05432/shop", "host=localhost dbname=shop", "dbname='shop'",
        "host=/var/run/postgresql port=5432 dbname=shop", "jdbc:postgresql://localhost/shop?user=shop",
        "postgresql://db.internal:1/cart?host=127.0.0.1&port=5432&dbname=shop", "postgresql://app.localhost/shop",
    )],
    ("postgresql://db.internal/shop", "postgres://u:p@DB.Internal.:5432/shop?sslmode=require"),
    ("postgresql://a:5432,b:5433/shop", "postgresql://b:5433/shop"),
    ("postgresql://192.0.2.7/shop", "postgresql://db.internal/shop?hostaddr=192.0.2.7"),
    ("mysql://db/shop", "mariadb+pymysql://db:3306/shop?charset=utf8"),
    ("mysql://localhost/shop", "mysql://localhost/shop?unix_socket=/run/mysqld/mysqld.sock"),
    ("redis://queue:6379/0", "rediss://queue/0"),
    ("redis://localhost/0", "unix:///run/redis.sock?db=0"),
    ("amqp://queue", "amqps://queue:5671/"),
    ("http://search.internal/a", "https://search.internal:443/b"),
    ("queue.internal:6379", "redis://queue.internal/0"),
    ("k1:9092,k2:9092", "k2:9092"),
    ("/var/run/postgresql", "localhost"),
    ("Driver={x};Server=db.internal;Database=shop", "jdbc:sqlserver://db.internal;databaseName=shop"),
    ("::1", "localhost"),
    ("sqlite:////srv/shop.db", "/srv/./shop.db"),
    ("sqlite:data/shop.db", "sqlite:///data/../data/shop.db?timeout=5"),
]  # fmt: skip
MAY_BE = [
    ("postgresql://db.internal/shop", "postgresql://192.0.2.7/shop"),
    ("postgresql://db.internal/shop", "postgresql://localhost/shop"),
    ("postgresql://db.internal/shop", "postgresql://db/shop"),
    ("postgresql://db.internal/shop", "postgresql://db.internal:6432/shop"),
    ("postgresql://db.internal/shop", "postgresql://db.internal"),
    ("postgresql://db.internal/shop", "postgresql://db.internal/SHOP"),
    ("postgresql://db.internal/shop", "service=shop"),
    ("postgresql://db.internal/shop", "postgresql:///?service=shop"),
    ("postgresql://127.0.0.1/shop", "postgresql://127.1/shop"),
    ("postgresql://127.0.0.1/shop", "postgresql://0x7f000001/shop"),
    ("postgresql://127.1/shop", "postgresql://2130706433/shop"),
    ("mongodb+srv://cluster.internal/shop", "mongodb://shard-1.internal/shop"),
    ("redis://queue/0", "redis://queue"),
    ("queue.internal", "queue.internal:5432"),
    ("http://payments.internal/v1", "http://payments.internal/v2"),
    ("sqlite:data/shop.db", "sqlite:/srv/release/data/shop.db"),
    ("../shop.db", "/srv/shop.db"),
]
APART = [
    ("postgresql://localhost/shop", "postgresql://localhost/shop_staging"),
    ("postgresql://localhost/shop", "postgresql://localhost:5433/shop"),
    ("postgresql://db.production/shop", "postgresql://db.staging/shop"),
    ("postgresql://db1.internal/shop", "postgresql://db2.internal/shop"),
    ("postgresql://192.0.2.7/shop", "postgresql://192.0.2.8/shop"),
    ("postgresql://192.0.2.7/shop", "postgresql://localhost/shop"),
    ("postgresql://localhost/shop", "mysql://localhost/shop"),
    ("postgresql://localhost/shop", "localhost:6379"),
    ("postgresql://db/shop", "postgresql:///cart?service=shop"),
    ("redis://queue:6379/0", "redis://queue:6379/1"),
    ("http://localhost:9000/", "http://localhost:9001/"),
    ("https://search.internal", "https://search.example"),
    ("queue-a:6379", "queue-b:6379"),
    ("sqlite:/srv/shop.db", "sqlite:/srv/staging/shop.db"),
    ("sqlite:data/shop.db", "sqlite:data/staging.db"),
    ("sqlite:data/shop.db", "postgresql://localhost/shop"),
]


@pytest.mark.parametrize(("one", "other"), [*CERTAIN, *MAY_BE])
def test_what_is_one_place_or_may_be_is_told_as_one(one: str, other: str) -> None:
    assert (may_be_one(one, other), may_be_one(other, one)) == (True, True)


@pytest.mark.parametrize(("one", "other"), APART)
def test_what_is_two_places_is_told_as_two(one: str, other: str) -> None:
    assert (may_be_one(one, other), may_be_one(other, one)) == (False, False)


HOSTS = (
    "",
    "localhost",
    "127.0.0.1",
    "[::1]",
    "db",
    "DB.internal",
    "192.0.2.7",
    "127.1",
    "%2Ftmp",
    "a:1,b:2",
    "\0",
    "[",
)
ADDRESSES = st.builds(
    "{}{}{}{}".format,
    st.sampled_from(["", "postgres://", "postgresql+x://u:p@", "redis://", "http://", "sqlite:", "jdbc:x://", "host="]),
    st.sampled_from(HOSTS) | st.text(max_size=4),
    st.sampled_from(["", ":", ":5432", ":05432", ":6432", ":99999999", ":x"]),
    st.sampled_from(["", "/", "/shop", "/Shop?host=db&port=1,2", "?service=x", " dbname=shop", "?port=", "/%00%ff#?"]),
)


@given(ADDRESSES | st.text(), ADDRESSES | st.text())
def test_any_two_texts_are_told_in_the_same_way_from_either_side(one: str, other: str) -> None:
    assert may_be_one(one, one)
    assert may_be_one(one, other) == may_be_one(other, one)
