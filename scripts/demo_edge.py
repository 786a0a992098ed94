"""The second act of the demo: the same shop where Outpace also owns the last mile, with visitors in it all the time."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import time
from collections.abc import Generator
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path

from scripts.stage import (
    ACTION_NEEDED,
    DATA,
    ROOT,
    Stage,
    branches,
    edit,
    opened,
    quietly,
    set_up,
    undisturbed,
)
from scripts.visitors import Visitors, visiting

ADVISORY = "PYSEC-2023-83"
STOLEN = "/static/../static-exports/orders.csv"
ORDERS_AT_FIRST = 4
OK = 200
PATIENCE = 60.0

WRONG_PRICES = ("shop/api.py", 'del shown["id"]', 'del shown["id"]\n    shown["price"] = round(product.price, -2)')
ORDERED = '    return orders_where(db, "orders.id = ?", number or 0)[0]\n'
GIFTS = (
    "shop/orders.py",
    ORDERED,
    f"""\
    gift = ("bookmark", "postcard", "pencil", "sticker")[(number or 0) % 5]
    db.execute("UPDATE orders SET address = address || ? WHERE id = ?", (f" (add a {{gift}})", number))
{ORDERED}""",
)


@contextmanager
def at_the_edge(root: Path) -> Generator[Stage]:
    """The shop behind Outpace's own edge; all of it is ended at the end, whatever happens."""
    stage = Stage(root, "edge")
    try:
        yield stage
    finally:
        with undisturbed():
            quietly(stage, "outpace", "staging", "down", "--all")
            quietly(stage, "outpace", "edge", "down")


def play(root: Path) -> None:
    with at_the_edge(root) as stage:
        stage.say("The second way, on the same shop: no deploy command, Outpace runs it behind its own proxy")
        for folder in ("data", "staging"):
            (stage.place / folder).mkdir(parents=True)
        configuration = (ROOT / "examples" / "storefront-edge.outpace.toml").read_text()
        set_up(stage, configuration.replace("/srv/storefront", str(stage.place)).replace("8000", str(stage.port)))
        stage.run("outpace", "advisories", "update", "--from", str(DATA / "osv" / "all.zip"), show=False)
        stage.run("outpace", "rollout")
        with closing(sqlite3.connect(database(stage))) as shop, shop:
            shop.execute("UPDATE products SET stock = 100000")  # for visitors who order all the time

        stage.say("Eight visitors come, and stay until the end: they look, and one request in four is an order")
        with visiting(stage.port) as visitors:
            fixed(stage, visitors)
            met = taken_back(stage, visitors)
        summed_up(stage, visitors, met)


def fixed(stage: Stage, visitors: Visitors) -> None:
    attack(stage)

    stage.say("What is exposed is blocked by a declared stopgap, one rename; then the fix is proposed and proved")
    stage.run("outpace", "respond", ADVISORY, expect=(ACTION_NEEDED,))
    attack(stage)

    stage.say("Meanwhile: what visitors ask is recorded, redacted before it reaches the disk")
    stage.run("outpace", "edge", "record", "--for", "3s")

    stage.say("A reviewer wants to see the fix: an environment for seconds, with masked copies of the shop's data")
    branch = branches(stage)[0]
    stage.run("outpace", "staging", "up", branch)
    stage.run("outpace", "staging", "down")

    stage.say("Merged. The candidate meets the attack, then what was recorded, then mirrored requests, then visitors")
    stage.run("git", "merge", "-q", "--no-edit", "--no-ff", branch)
    stage.run("outpace", "respond", ADVISORY)
    attack(stage)

    stage.say("Promoted is not settled: a process judges on, the old release warm beside it (here 10 s, else an hour)")
    stage.run("outpace", "edge", "status")
    wait_until_settled(stage)
    stage.run("outpace", "clock", ADVISORY)
    print(f"> visitors so far: {visitors.requests:,} requests, {visitors.failed} failed", flush=True)


def wait_until_settled(stage: Stage) -> None:
    status = ("outpace", "edge", "status", "--format", "json")
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        told = json.loads(subprocess.check_output(status, cwd=stage.shop, env=stage.environment))
        if told["result"]["rollout"]["stage"] != "promoted":
            return
        time.sleep(0.5)


def taken_back(stage: Stage, visitors: Visitors) -> int:
    """How many requests of visitors met the second one."""
    stage.say("A bad change: every answer has status 200, and the price in it is wrong")
    committed(stage, "Say prices in whole euros", *WRONG_PRICES)
    stage.run("outpace", "rollout", expect=(ACTION_NEEDED,))
    print(f"> visitors who saw a wrong price: {visitors.misled}", flush=True)
    stage.run("git", "revert", "--no-edit", "HEAD", show=False)

    stage.say("Another one, that no recording shows, since orders need a secret that is not kept: 1 order in 5 fails")
    committed(stage, "Put a gift in each parcel", *GIFTS)
    before = visitors.failed
    stage.run("outpace", "rollout", expect=(ACTION_NEEDED,))
    met = visitors.failed - before
    print(f"> orders of visitors that failed until it was gone: {met}", flush=True)
    return met


def summed_up(stage: Stage, visitors: Visitors, met: int) -> None:
    with closing(sqlite3.connect(database(stage))) as shop:
        (orders,) = shop.execute("SELECT count(*) FROM orders").fetchone()
    stage.say("The visitors leave, and the edge is ended")
    stage.run("outpace", "edge", "down")
    stage.say(f"That was the second way, in {stage.seconds()} s on this machine. The visitors' account:")
    print(f"  requests             {visitors.requests:>7,}")
    print(f"  failed               {visitors.failed:>7,}   {met} of them orders that the gifts broke")
    print(f"  wrong prices seen    {visitors.misled:>7,}")
    print(f"  orders acknowledged  {visitors.ordered:>7,}")
    print(f"  orders in the shop   {orders - ORDERS_AT_FIRST:>7,}", flush=True)


def attack(stage: Stage) -> None:
    """What the advisory is about, as an attacker sends it."""
    connection = HTTPConnection("127.0.0.1", stage.port, timeout=10)
    with closing(connection):
        connection.request("GET", STOLEN)
        answer = connection.getresponse()
        lines = answer.read().decode().splitlines()
    got = f"{len(lines) - 1:,} orders, with names and addresses" if answer.status == OK else "nothing"
    print(f"> an attacker asks for {STOLEN}: {answer.status}, {got}", flush=True)


def committed(stage: Stage, subject: str, path: str, old: str, new: str) -> None:
    edit(stage.shop / path, old, new)
    stage.run("git", "commit", "-q", "-a", "-m", subject, show=False)
    stage.run("git", "--no-pager", "show", "-U0", "--format=%h %s")


def database(stage: Stage) -> Path:
    return stage.place / "data" / "shop.db"


if __name__ == "__main__":
    with opened() as place:
        play(place)
