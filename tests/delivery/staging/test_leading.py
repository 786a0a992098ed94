"""Which variables of production's lead staging to what production uses: each spelling of an address, and no word."""

from __future__ import annotations

import pytest

from outpace.delivery.staging.leading import leads


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DB_HOSTNAME", "db"),
        ("DB_HOST_PRIMARY", "db"),
        ("ES_NODES", "es1"),
        ("CLUSTER_ENDPOINT", "main"),
        ("SEARCH_URI", "search"),
        ("REDIS_URL", "redis.prod.internal/0"),
        ("PGDATABASE", "shop"),
        ("PGSERVICE", "shop"),
        ("STORE", "redis.prod.internal/0"),
        ("STORE", "db.prod.internal"),
        ("STORE", "db.shop.de"),
        ("STORE", "mail.example.com, other.example.com"),
        ("STORE", "kafka1:9092,kafka2:9092"),
        ("STORE", "192.0.2.7;192.0.2.8"),
        ("STORE", "fe80::1"),
        ("STORE", "user:pw@db/shop"),
        ("STORE", "user@db"),
        ("STORE", "user@db.prod.internal:5432"),
        ("STORE", "data/shop.dat"),
        ("STORE", "~/uploads"),
        ("STORE", "service=shop"),
    ],
)
def test_an_address_or_a_file_is_known_by_its_spelling_or_by_its_name(name: str, value: str) -> None:
    assert leads(name, value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ALLOWED_HOSTS", "shop.example,www.shop.example"),
        ("COOKIE_DOMAIN", ".shop.example"),
        ("DJANGO_SETTINGS_MODULE", "shop.settings.local"),
        ("FLASK_APP", "shop.app"),
        ("CACHE_BACKEND", "django.core.cache.backends.db.DatabaseCache"),
        ("SERVER_EMAIL", "root@shop.example"),
        ("FROM", "shop@shop.example"),
        ("BROKER_POOL_LIMIT", "10"),
        ("URL_SIGNING", "off"),
        ("NODE_ENV", "production"),
        ("LOGGING", "config/logging.yml"),
        ("LANG", "en_US.UTF-8"),
        ("TZ", "Europe/Berlin"),
        ("RATE", "10/m"),
        ("RELEASE", "1.2.3"),
        ("OPENS", "08:30"),
        ("METHODS", "GET,POST"),
        ("PGUSER", "shop"),
        ("KEY", "a/b@c+d=="),
        ("REDIS_URL", ""),
    ],
)
def test_a_word_a_number_a_secret_and_a_part_of_the_program_lead_nowhere(name: str, value: str) -> None:
    assert not leads(name, value)
