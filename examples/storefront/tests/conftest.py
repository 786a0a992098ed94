"""A shop of its own for every test, with a customer and a member of staff."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from shop.accounts import make_admin, register
from shop.app import create
from shop.database import Database
from shop.settings import Settings

ADA = {"email": "ada@mail.example", "name": "Ada Vestergaard", "password": "a long password"}
BEN = {"email": "ben@harbor.example", "name": "Ben from the office", "password": "another long one"}

Login = Callable[[dict[str, str]], TestClient]


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with both accounts, made once because hashing passwords is slow on purpose."""
    path = tmp_path_factory.mktemp("furnished") / "shop.db"
    with Database(path).writing() as db:
        for person in (ADA, BEN):
            register(db, **person)
        make_admin(db, BEN["email"])
    return path


@pytest.fixture
def settings(tmp_path: Path, furnished: Path) -> Settings:
    settings = Settings(data=tmp_path / "data", release="test")
    settings.data.mkdir()
    shutil.copy(furnished, settings.database)
    return settings


@pytest.fixture
def database(settings: Settings) -> Database:
    return Database(settings.database)


@pytest.fixture
def shop(settings: Settings) -> Iterator[TestClient]:
    with TestClient(create(settings)) as client:
        yield client


@pytest.fixture
def login(shop: TestClient) -> Login:
    def log_in(person: dict[str, str]) -> TestClient:
        form = {"email": person["email"], "password": person["password"]}
        assert shop.post("/login", data=form).status_code == 200
        return shop

    return log_in


@pytest.fixture
def ada(login: Login) -> TestClient:
    return login(ADA)


@pytest.fixture
def staff(login: Login) -> TestClient:
    return login(BEN)
