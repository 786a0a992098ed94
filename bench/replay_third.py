"""Applications that `bench/replay.py` plants faults in, third group: unseen at first, and then tuned on, too."""

from __future__ import annotations

import time
from random import Random
from typing import Any

from bench.replay_tuned import USUAL, Application, Reply, asked, now_text, of_html, of_json

STATIONS: list[dict[str, Any]] = [
    {
        "station": f"s{number:02d}",
        "height": number * 113 % 3000,
        "place": {"lat": round(46 + number / 7, 4), "lon": round(7 + number / 9, 4)},
    }
    for number in range(1, 16)
]


def weather(target: str, fault: str, drawn: Random) -> Reply:
    """Series of numbers, a forecast that depends on the hour, and a cache that is now warm and now cold."""
    path, query = asked(target)
    fields = [
        ("x-cache", drawn.choice(["HIT", "MISS"])),
        ("age", str(drawn.randrange(60))),
        ("x-served-by", f"web-{drawn.randrange(4)}"),
    ]
    fields += [] if fault == "dropped header" else [("access-control-allow-origin", "*")]
    if path == "/stations":
        rows = [dict(each) for each in STATIONS]
        if fault == "swapped":
            rows[3]["place"] = {"lat": rows[3]["place"]["lon"], "lon": rows[3]["place"]["lat"]}
        if fault == "wrong sort order":
            rows.sort(key=lambda row: str(row["height"]))
        else:
            rows.sort(key=lambda row: row["height"])
        return of_json(rows, 200, *fields)
    number = int(path.split("/")[2][1:])
    if number > len(STATIONS):
        return of_json({"detail": "no station"}, 204 if fault == "changed status" else 404, *fields)
    days = int(query.get("days", "3")) + (1 if fault == "off-by-one page" else 0)
    series = [round(12 + (number * day * 31 % 97) / 10, 1) for day in range(days)]
    if fault == "changed price":
        series = [each if each < 20 else 20.0 for each in series]
    unit = {} if fault == "missing field" else {"unit": "C"}
    if fault == "another unit" and number % 4 == 0:
        series = [round(each * 1.8 + 32, 1) for each in series]
    body: dict[str, Any] = {
        "values": series,
        **unit,
        "issued": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "took": drawn.random(),
    }
    body["warnings"] = drawn.sample(["frost", "wind", "rain"], 3)
    if fault == "warning lost":
        body["warnings"].remove("wind")
    body["average"] = None if fault == "null" else round(sum(series) / len(series), 2)
    return of_json(body, 200, *fields)


PAGES = {
    name: f"{name.title()} is a word that has {len(name)} letters and {number * 17 % 23} meanings."
    for number, name in enumerate(
        ["river", "stone", "bridge", "valley", "harbor", "meadow", "castle", "garden", "forest", "island"]
    )
}


def wiki(target: str, fault: str, drawn: Random) -> Reply:
    """Pages of prose with a related link by chance, edits counted as they are looked at, and a search."""
    path, query = asked(target)
    token = f"{drawn.getrandbits(160):040x}"
    fields = [
        ("set-cookie", f"s={token}; Path=/; SameSite=Lax"),
        ("content-language", "de" if fault == "wrong language" else "en"),
    ]
    fields += [] if fault == "dropped header" else [("content-security-policy", "default-src 'self'")]
    head = f'<html>\n<head>\n<title>Wiki</title>\n<meta name="csrf-token" content="{token}">\n</head>\n'
    head += f'<body data-page="{drawn.randrange(10**6)}">\n'
    foot = f"<div id=foot>{drawn.choice(sorted(PAGES))} may interest you</div>\n"
    foot += f"<!-- {now_text()} {drawn.random():.4f}s -->\n</body></html>"
    if path == "/search":
        names = [
            name
            for name in sorted(PAGES)
            if query["q"] in name or (query["q"] in PAGES[name] and fault != "search is narrow")
        ]
        names = names[::-1] if fault == "wrong sort order" else names
        names = names[1:] if fault == "off-by-one page" else names
        rows = "\n".join(f"<li><a href='/w/{name}'>{name}</a></li>" for name in names)
        return of_html(f"{head}<p>{len(names)} found</p>\n<ol>\n{rows}\n</ol>\n{foot}", 200, *fields)
    name = path.rpartition("/")[2]
    if name not in PAGES:
        return of_html(f"{head}<h1>No page</h1>\n{foot}", 200 if fault == "changed status" else 404, *fields)
    prose = PAGES[name]
    if fault == "changed price":
        prose = prose.replace(" 4 meanings", " 5 meanings").replace(" 17 meanings", " 18 meanings")
    if fault == "cut off":
        prose = prose[:40]
    toc = "" if fault == "missing field" else "<nav><a href='#a'>Meaning</a></nav>\n"
    twice = f"<p>{prose}</p>\n" if fault == "shown twice" and name == "stone" else ""
    return of_html(
        f"{head}<h1>{name}</h1>\n{toc}<p>{prose}</p>\n{twice}<p>Seen {drawn.randrange(9999)} times</p>\n{foot}",
        200,
        *fields,
    )


def export(target: str, fault: str, drawn: Random) -> Reply:
    """Text and tables: a report, lines of a log, and a list in CSV with a date on top."""
    path, query = asked(target)
    fields = [("x-request-id", f"{drawn.getrandbits(128):032x}")]
    fields += [] if fault == "dropped header" else [("content-disposition", 'attachment; filename="list.csv"')]
    rows = [(number, f"Item {number}", f"{number * 3.2:.2f}", ("yes", "no")[number % 2]) for number in range(1, 26)]
    if path == "/list.csv":
        rows = rows[::-1] if fault == "wrong sort order" else rows
        skip = 1 if fault == "off-by-one page" else 0
        cells = [[str(cell) for cell in row] for row in rows[skip:]]
        if fault == "changed price":
            cells[11][2] = "40.00"
        if fault == "missing field":
            cells = [row[:-1] for row in cells]
        if fault == "comma":
            cells = [[cell.replace(".", ",") for cell in row] for row in cells]
        lines = [f"# made {now_text()}", "id;name;price;sold", *(";".join(row) for row in cells)]
        return Reply(200, "text/csv", "\n".join(lines), tuple(fields))
    if path == "/report.txt":
        total = sum(float(row[2]) for row in rows) + (0.01 if fault == "rounded" else 0)
        text = f"Report {query.get('y', '2025')}\nby worker {drawn.randrange(64)}\n\nTotal: {total:.2f}\n"
        text += f"Sold: {sum(row[3] == 'yes' for row in rows)}\n"
        return Reply(200, "text/plain", text, tuple(fields))
    return Reply(403 if fault == "changed status" else 404, "text/plain", "nothing here\n", tuple(fields))


ALL = (
    Application(
        "weather (JSON)",
        (
            "/stations",
            "/stations",
            "/forecast/s99",
            *(f"/forecast/s{number:02d}?days={days}" for number in range(1, 16) for days in (3, 7)),
        ),
        (
            *USUAL,
            "swapped",
            "another unit",
            "warning lost",
            "null",
        ),
        weather,
    ),
    Application(
        "wiki (HTML)",
        (
            "/search?q=r",
            "/search?q=word",
            "/search?q=e",
            "/w/nothing",
            *(f"/w/{name}" for name in PAGES),
            *(f"/w/{name}?v=2" for name in PAGES),
        ),
        (
            *USUAL,
            "wrong language",
            "search is narrow",
            "cut off",
            "shown twice",
        ),
        wiki,
    ),
    Application(
        "export (text, CSV)",
        (
            "/list.csv",
            "/list.csv?all=1",
            "/report.txt",
            *(f"/report.txt?y={year}" for year in range(2015, 2025)),
            "/none",
        ),
        (
            *USUAL,
            "comma",
            "rounded",
        ),
        export,
    ),
)
