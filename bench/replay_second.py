"""Applications that `bench/replay.py` plants faults in, second group: unseen at first, and then tuned on, too."""

from __future__ import annotations

import time
from random import Random
from typing import Any

from bench.replay_tuned import USUAL, Application, Reply, asked, now_text, of_html, of_json

ACCOUNTS: list[dict[str, Any]] = [
    {
        "iban_end": f"{number * 37 % 10000:04d}",
        "ref": f"acc-{number:03d}",
        "owner": f"Customer {number}",
        "balance": {"amount": number * 1234 % 99991, "currency": "EUR"},
        "opened": f"20{10 + number % 14}-0{1 + number % 9}-15T09:30:00Z",
    }
    for number in range(1, 25)
]


def ledger(target: str, fault: str, drawn: Random) -> Reply:
    """Accounts, bookings, totals; an id and a clock for each answer, rates that move, lists without order."""
    path, query = asked(target)
    meta = {
        "correlation": f"{drawn.getrandbits(96):024x}",
        "served": int(time.time() * 1000),
        "node": drawn.choice(["n1", "n2"]),
    }
    fields = [("x-correlation-id", f"{drawn.getrandbits(64):016x}"), ("last-modified", _http_date())]
    fields += [] if fault == "dropped header" else [("strict-transport-security", "max-age=63072000")]
    if path == "/accounts":
        rows = [_account(each, fault) for each in ACCOUNTS]
        if "min" in query:
            least = int(query["min"])
            rows = [
                row
                for row in rows
                if row["balance"]["amount"] > least or (row["balance"]["amount"] == least and fault != "wrong bound")
            ]
        rows = rows[:-1] if fault == "last one lost" else rows
        return of_json({"meta": meta, "data": drawn.sample(rows, len(rows))}, 200, *fields)
    if path.endswith("/bookings"):
        number = int(path.split("/")[2])
        count, size = 30, 7
        page = int(query.get("page", "0"))
        first = page * size + (1 if fault == "off-by-one page" else 0)
        rows = [
            {"n": n, "cents": (n * number * 131) % 5000 - 2500, "text": f"Booking {n}"}
            for n in range(first, min(count, first + size))
        ]
        rows = rows[::-1] if fault == "wrong sort order" else rows
        total = sum(int(row["cents"]) for row in rows) / 100
        total = float(int(total)) if fault == "rounded" else total
        return of_json({"meta": meta, "bookings": rows, "sum": total, "more": first + size < count}, 200, *fields)
    if path == "/rates":
        rates = {name: round(drawn.uniform(0.9, 1.1), 5) for name in ("USD", "CHF", "GBP")}
        if fault == "missing field":
            del rates["GBP"]
        return of_json(
            {"meta": meta, "base": "USD" if fault == "changed word" else "EUR", "rates": rates}, 200, *fields
        )
    number = int(path.rpartition("/")[2])
    if not 0 < number <= len(ACCOUNTS):
        return of_json({"meta": meta, "error": "unknown account"}, 400 if fault == "changed status" else 404, *fields)
    other = number % len(ACCOUNTS) if fault == "another's record" else number - 1
    return of_json({"meta": meta, "data": _account(ACCOUNTS[other], fault)}, 200, *fields)


def _account(row: dict[str, Any], fault: str) -> dict[str, Any]:
    shown = {**row, "balance": dict(row["balance"])}
    if fault == "changed price":
        shown["balance"]["amount"] += 1 if row["ref"] == "acc-019" else 0
    if fault == "day lost":
        shown["opened"] = row["opened"].replace("-15T", "-14T")
    return shown


def _http_date() -> str:
    return time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime())


TICKETS: list[dict[str, Any]] = [
    {
        "key": f"OPS-{number}",
        "title": f"Printer {number} is on fire",
        "state": ("open", "closed", "waiting")[number % 3],
        "votes": number * 7 % 13,
    }
    for number in range(1, 31)
]


def tickets(target: str, fault: str, drawn: Random) -> Reply:
    """A board of pages: one long line or many, a nonce for scripts, visitors who come and go, a greeting by chance."""
    path, query = asked(target)
    nonce = "".join(drawn.choices("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", k=22))
    fields = [("set-cookie", f"visit={nonce}; Path=/; HttpOnly{'' if fault == 'cookie weakened' else '; Secure'}")]
    fields += [] if fault == "dropped header" else [("x-content-type-options", "nosniff")]
    lines = ["<!doctype html>", f"<title>{'Bord' if fault == 'changed word' else 'Board'}</title>"]
    lines += [f'<script nonce="{nonce}">window.boot = {{"at": {time.time():.3f}, "user": null}};</script>']
    lines += [f"<p>Hello, {name}!</p>" for name in drawn.sample(["you", "friend", "stranger"], drawn.randrange(3))]
    if path == "/board":
        state = query.get("state", "")
        rows = [
            each
            for each in TICKETS
            if not state or each["state"] == state or (fault == "filter too wide" and each["votes"] > 11)
        ]
        rows = sorted(
            rows,
            key=lambda each: (
                (-each["votes"], each["key"]) if fault != "wrong sort order" else (each["votes"], each["key"])
            ),
        )
        rows = rows[1:9] if fault == "off-by-one page" else rows[:8]
        lines += [
            f'<tr><td><a href="/t/{_link(each, fault)}">{each["key"]}</a></td>'
            f"<td>{each['title']}</td><td>{each['votes']}</td></tr>"
            for each in rows
        ]
        lines += [f"<p>{len(rows)} of {len(TICKETS)} tickets</p>"]
    else:
        found = next((each for each in TICKETS if each["key"] == path.rpartition("/")[2]), None)
        if found is None:
            return of_html("\n".join([*lines, "<h1>Gone</h1>"]), 410 if fault == "changed status" else 404, *fields)
        votes = found["votes"] + (1 if fault == "changed price" else 0)
        lines += [f"<h1>{found['title']}</h1>", f"<b>{found['state']}</b>", f"<i>{votes} votes</i>"]
        lines += [] if fault == "missing field" and found["state"] == "waiting" else ["<a href='/close'>Close</a>"]
        lines += ["<p>&lt;b&gt; is bold</p>" if fault != "not escaped" else "<p><b> is bold</p>"]
    lines += [f"<small>{drawn.randrange(5, 500)} people are here, it is {now_text()}</small>"]
    return of_html(("" if query.get("tight") else "\n").join(lines), 200, *fields)


def _link(row: dict[str, Any], fault: str) -> str:
    return str(row["key"]).lower() if fault == "broken link" else str(row["key"])


def feed(target: str, fault: str, drawn: Random) -> Reply:
    """Documents named by UUIDs that stay, with cursors and counters that do not."""
    path, query = asked(target)
    ids = [f"{number:08x}-1111-4111-8111-{number * 7919:012x}" for number in range(1, 21)]
    fields = [("x-runtime", f"{drawn.random():.6f}"), ("vary", drawn.choice(["Accept, Origin", "Origin, Accept"]))]
    fields += [] if fault == "dropped header" else [("link", '</feed?after=2>; rel="next"')]
    after = int(query.get("after", "0"))
    if path == "/feed":
        shown = ids[after + (1 if fault == "off-by-one page" else 0) :][:6]
        shown = shown[::-1] if fault == "wrong sort order" else shown
        entries = [_entry(each, ids, fault, drawn) for each in shown]
        cursor = "".join(drawn.choices("ABCDEFGHabcdefgh0123456789", k=32))
        body: dict[str, Any] = {"entries": entries, "cursor": cursor, "unread": drawn.randrange(90), "at": now_text()}
        if fault == "missing field":
            del body["cursor"]
        return of_json(body, 200, *fields)
    entry = path.rpartition("/")[2]
    if entry not in ids:
        return of_json(
            {"errors": [{"title": "Not found", "id": f"{drawn.getrandbits(128):032x}"}]},
            500 if fault == "changed status" else 404,
            *fields,
        )
    told = _entry(entry, ids, fault, drawn)
    if fault == "clock is wrong":
        return of_json({"entry": told, "at": "1970-01-01T00:00:00+00:00"}, 200, *fields)
    return of_json({"entry": told, "at": now_text()}, 200, *fields)


def _entry(entry: str, ids: list[str], fault: str, drawn: Random) -> dict[str, Any]:
    place = ids.index(entry)
    author = ids[(place + (5 if fault == "another's record" else 3)) % len(ids)]
    title = f"Entry {place}" if fault != "changed price" or place != 4 else "Entry four"
    views = drawn.randrange(10_000)
    return {
        "id": entry,
        "author": author,
        "title": title,
        "views": str(views) if fault == "number as text" else views,
        "labels": sorted({"x", str(place % 3)}),
    }


ALL = (
    Application(
        "ledger (JSON)",
        tuple(
            ["/accounts", "/accounts?min=1234", "/accounts?min=20000", "/rates", "/rates", "/accounts/99"]
            + [f"/accounts/{number}" for number in range(1, 25, 2)]
            + [f"/accounts/{number}/bookings?page={page}" for number in (3, 8) for page in range(5)]
        ),
        (*USUAL, "another's record", "last one lost", "wrong bound", "rounded", "day lost", "changed word"),
        ledger,
    ),
    Application(
        "tickets (HTML)",
        tuple(
            [
                "/board",
                "/board?state=open",
                "/board?state=closed",
                "/board?state=waiting",
                "/board?tight=1",
                "/t/OPS-77",
            ]
            + [f"/t/OPS-{number}" for number in range(1, 31, 2)]
            + [f"/t/OPS-{number}?tight=1" for number in range(2, 31, 6)]
        ),
        (*USUAL, "changed word", "filter too wide", "broken link", "cookie weakened", "not escaped"),
        tickets,
    ),
    Application(
        "feed (JSON)",
        tuple(
            [f"/feed?after={after}" for after in range(0, 15, 3)]
            + [f"/entries/{number:08x}-1111-4111-8111-{number * 7919:012x}" for number in range(1, 21, 2)]
            + ["/entries/nothing"]
        ),
        (*USUAL, "another's record", "number as text", "clock is wrong"),
        feed,
    ),
)
