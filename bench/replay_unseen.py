"""Applications that `bench/replay.py` plants faults in, last group: unseen when they were first run."""

from __future__ import annotations

import json
import time
from random import Random
from typing import Any

from bench.replay_tuned import USUAL, Application, Reply, asked, now_text, of_html, of_json

ROOMS: list[dict[str, Any]] = [
    {
        "room": f"R-{number}",
        "seats": 4 + number * 5 % 17,
        "floor": number % 3,
        "features": ["beamer", "board"][: number % 3],
    }
    for number in range(1, 19)
]


def rooms(target: str, fault: str, drawn: Random) -> Reply:
    """Rooms and hours within a day, links that hold a signature, a queue that is asked for its length."""
    path, query = asked(target)
    signature = f"{drawn.getrandbits(256):064x}"
    fields = [("x-trace", f"00-{drawn.getrandbits(128):032x}-{drawn.getrandbits(64):016x}-01")]
    fields += [] if fault == "dropped header" else [("content-security-policy", "frame-ancestors 'none'")]
    links = {"self": path, "calendar": f"/ics?room={query.get('room', 'all')}&signature={signature}"}
    if fault == "link is wrong":
        links["calendar"] = links["calendar"].replace("/ics", "/ical")
    tail = {"_links": links, "queue": drawn.randrange(7), "time": int(time.time())}
    if path == "/rooms":
        least = int(query.get("seats", "0"))
        found = [
            dict(each)
            for each in ROOMS
            if (each["seats"] > least if fault == "wrong bound" else each["seats"] >= least)
        ]
        found.sort(key=lambda each: each["floor"] if fault == "wrong sort order" else -each["seats"])
        start = int(query.get("from", "0")) + (1 if fault == "off-by-one page" else 0)
        return of_json({"count": len(found), "_embedded": {"rooms": found[start : start + 5]}, **tail}, 200, *fields)
    wanted = next((each for each in ROOMS if each["room"] == path.rpartition("/")[2]), None)
    if wanted is None:
        return of_json({"problem": "unknown room", **tail}, 500 if fault == "changed status" else 404, *fields)
    shown = {**wanted, "hours": [{"hour": hour, "free": (hour * wanted["seats"]) % 3 > 0} for hour in range(8, 18)]}
    if fault == "changed price":
        shown["seats"] += wanted["seats"] == 9
    if fault == "missing field" and not wanted["features"]:
        del shown["features"]
    if fault == "one hour off":
        shown["hours"] = [{**each, "free": (each["hour"] * wanted["seats"] + 1) % 3 > 0} for each in shown["hours"]]
    if fault == "empty for null":
        shown["features"] = shown["features"] or None
    return of_json({**shown, **tail}, 200, *fields)


THREADS = [(number, f"How to brew tea {number}", number * 11 % 9) for number in range(1, 31)]


def forum(target: str, fault: str, drawn: Random) -> Reply:
    """Threads in a table, with guests, an advertisement of one to three lines, and state as JSON in the page."""
    path, query = asked(target)
    token = "".join(drawn.choices("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", k=43))
    state: dict[str, Any] = {
        "csrf": token,
        "guests": drawn.randrange(50),
        "theme": "light" if fault != "state is wrong" else "dark",
    }
    fields = [] if fault == "dropped header" else [("referrer-policy", "same-origin")]
    advert = "\n".join(f"  <p>Buy {what}</p>" for what in drawn.sample(["cups", "pots", "spoons"], drawn.randint(1, 3)))
    head = f"<html lang='en'>\n<head><title>Forum</title></head>\n<body>\n<aside>\n{advert}\n</aside>\n"
    foot = f"<script>window.state = {json.dumps(state)}</script>\n"
    foot += f"<p class='foot'>It is {now_text()[:16]}</p>\n</body>\n</html>"
    if path == "/threads":
        start = (int(query.get("page", "1")) - 1) * 8 + (1 if fault == "off-by-one page" else 0)
        found = sorted(THREADS, key=lambda each: (each[2], each[0]), reverse=fault == "wrong sort order")
        rows = "\n".join(
            f"<tr><td>{title if fault != 'capitals' else title.title()}</td>"
            + ("" if fault == "missing field" else f"<td>{answers} answers</td>")
            + f"<td><a href='/threads/{number}'>read</a></td></tr>"
            for number, title, answers in found[start : start + 8]
        )
        return of_html(f"{head}<table>\n{rows}\n</table>\n{foot}", 200, *fields)
    number = int(path.rpartition("/")[2])
    if number > len(THREADS):
        return of_html(f"{head}<h1>No thread</h1>\n{foot}", 200 if fault == "changed status" else 404, *fields)
    _, title, answers = THREADS[number - 1]
    answers += 1 if fault == "changed price" and number == 17 else 0
    said = [f"<p>Answer {each} to thread {number}</p>" for each in range(answers)]
    said = said[:-1] if fault == "last one lost" else said
    seen = f"<i>{drawn.randrange(9999)} views</i>"
    return of_html(
        f"{head}<h1>{title}</h1>\n<b>{answers} answers</b>\n{seen}\n" + "\n".join([*said, foot]), 200, *fields
    )


ALL = (
    Application(
        "rooms (JSON)",
        (
            "/rooms",
            "/rooms?from=5",
            "/rooms?seats=9",
            "/rooms?seats=9&from=5",
            "/rooms/R-99",
            *(f"/rooms/R-{n}" for n in range(1, 19)),
        ),
        (*USUAL, "link is wrong", "wrong bound", "one hour off", "empty for null"),
        rooms,
    ),
    Application(
        "forum (HTML)",
        (*(f"/threads?page={n}" for n in range(1, 5)), "/threads/99", *(f"/threads/{n}" for n in range(1, 31, 2))),
        (*USUAL, "state is wrong", "capitals", "last one lost"),
        forum,
    ),
)
