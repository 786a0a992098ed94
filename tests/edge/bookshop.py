"""A bookshop at a real edge: a shop whose releases have prices, a database, and migrations of it."""

from __future__ import annotations

import json
import sqlite3
import urllib.error
import urllib.request
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.edge.shop import HERE, PATIENCE, RISK, Shop, reaped


@dataclass
class Bookshop(Shop):
    """`database` is what `DATABASE` of its processes says: a reference, or a path."""

    database: str = ""
    files: dict[str, str] = field(default_factory=dict[str, str])  # of the repository, beside the application

    def __post_init__(self) -> None:
        super().__post_init__()
        with sqlite3.connect(self.orders_file) as database:
            database.execute("ALTER TABLE orders ADD COLUMN status TEXT")
        self.database = self.database or str(self.orders_file)

    def commit(self, version: str, **release: object) -> str:
        (self.root / "app.py").write_text((HERE / "books.py").read_text())
        (self.root / "release.json").write_text(json.dumps({"version": version, **release}))
        (self.root / "outpace.toml").write_text(self.configuration())
        for name, text in self.files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", version)
        return self.git("rev-parse", "HEAD")

    def configuration(self) -> str:
        return (
            '[[applications]]\nname = "shop"\nrun = ["python3", "app.py", "{port}"]\nready = "/healthz"\n'
            f'delivery = "edge"\n[applications.edge]\nlisten = ["{self.address}"]\nstart_within = "10s"\n'
            f'drain = "2s"\nmirror = 0.0\nsoak = "2s"\n{self.more}\n'
            '[applications.edge.build]\nenvironment = "none"\n'
            f'[applications.edge.variables]\nDATABASE = "{self.database}"\n{RISK}\n{self.tables}'
        )

    def asked(self, path: str, body: object = None, *, headers: Mapping[str, str] | None = None, url: str = "") -> str:
        """What it answers, whatever the status."""
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(
            (url or f"http://{self.address}") + path, data=data, headers=dict(headers or {})
        )
        if data is not None:
            request.add_header("Content-Type", "application/json")
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                return answer.read().decode()
        except urllib.error.HTTPError as error:
            return f"{error.code} {error.read().decode()}"

    def holds(self, words: bytes) -> list[Path]:
        """Files of the edge's folder that hold them, in their names or their contents."""
        files = (path for path in self.folder.rglob("*") if path.is_file() and not path.is_symlink())
        return [path for path in files if words in str(path).encode() or words in path.read_bytes()]


@contextmanager
def bookshop(place: Path, **how: object) -> Generator[Bookshop]:
    shop = Bookshop(place, **how)  # pyright: ignore[reportArgumentType]
    with reaped(shop.home):
        yield shop
