"""Visitors of the example shop, in the background: they look around and order, and count what they were not given."""

from __future__ import annotations

import http.client
import json
import threading
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from random import Random
from urllib.parse import urlencode

PRODUCTS = ("harbor-notebook", "pocket-log", "cedar-pencils", "lamp-black", "letter-set")
PASSWORD = "correct horse battery"
HOW_MANY = 8
PAUSE = 0.1  # seconds between two requests of one, on average
BAD, CREATED = 400, 201
SECONDS = 10.0


class Visitor(threading.Thread):
    """One person, with an address of loopback and a connection of their own."""

    def __init__(self, port: int, number: int, gone: threading.Event) -> None:
        super().__init__(daemon=True)
        self.answers: Counter[int] = Counter()  # by status; 0: none came
        self.wrong = 0  # prices other than the one that was shown first
        self._address, self._port = f"127.0.1.{number}", port
        self._gone = gone
        self._random = Random(number)
        self._email = f"visitor{number}@mail.example"
        self._token = ""
        self._prices: dict[str, int] = {}
        self._connection: http.client.HTTPConnection | None = None

    def run(self) -> None:
        while not self._gone.wait(self._random.uniform(0, 2 * PAUSE)):
            self._token = self._token or self._registered()
            product = self._random.choice(PRODUCTS)
            match self._random.randrange(8):
                case 0 | 1:
                    self._asked("GET", "/")
                case 2 | 3:
                    self._asked("GET", f"/products/{product}")
                case 4 | 5:
                    self._priced(product)
                case _:
                    self._ordered(product)
        if self._connection is not None:
            self._connection.close()

    def _registered(self) -> str:
        form = urlencode({"email": self._email, "name": "A visitor", "password": PASSWORD})
        self._asked("POST", "/register", form, {"Content-Type": "application/x-www-form-urlencoded"})
        said = self._asked("POST", "/api/token", json.dumps({"email": self._email, "password": PASSWORD}))
        return str(json.loads(said)["access_token"]) if said else ""

    def _priced(self, product: str) -> None:
        said = self._asked("GET", f"/api/products/{product}")
        if said:
            price = json.loads(said)["price"]
            self.wrong += self._prices.setdefault(product, price) != price

    def _ordered(self, product: str) -> None:
        lines = [{"product": product, "quantity": self._random.randint(1, 3)}]
        order = json.dumps({"address": "1 Quay, Saltby", "lines": lines})
        self._asked("POST", "/api/orders", order, {"Authorization": f"Bearer {self._token}"})

    def _asked(self, method: str, path: str, body: str | None = None, headers: dict[str, str] | None = None) -> bytes:
        """Empty: it was not answered well."""
        if self._connection is None:
            source = (self._address, 0)
            self._connection = http.client.HTTPConnection(
                "127.0.0.1", self._port, timeout=SECONDS, source_address=source
            )
        try:
            self._connection.request(method, path, body, headers or {})
            answer = self._connection.getresponse()
            said = answer.read()
        except (OSError, http.client.HTTPException):
            self._connection.close()
            self._connection = None
            self.answers[0] += 1
            return b""
        self.answers[answer.status] += 1
        return said if answer.status < BAD else b""


class Visitors:
    """All of them."""

    def __init__(self, visitors: list[Visitor]) -> None:
        self._visitors = visitors

    @property
    def answers(self) -> Counter[int]:
        return sum((each.answers for each in self._visitors), Counter[int]())

    @property
    def requests(self) -> int:
        return self.answers.total()

    @property
    def failed(self) -> int:
        return sum(count for status, count in self.answers.items() if status == 0 or status >= BAD)

    @property
    def ordered(self) -> int:
        """Orders that the shop has acknowledged."""
        return self.answers[CREATED]

    @property
    def misled(self) -> int:
        return sum(each.wrong for each in self._visitors)


@contextmanager
def visiting(port: int) -> Generator[Visitors]:
    """They leave at the end, each after the answer that it waits for."""
    gone = threading.Event()
    visitors = [Visitor(port, number + 1, gone) for number in range(HOW_MANY)]
    for each in visitors:
        each.start()
    try:
        yield Visitors(visitors)
    finally:
        gone.set()
        for each in visitors:
            each.join(SECONDS)
