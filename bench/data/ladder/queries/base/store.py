"""The store of a tool library: what it has, what is out, and who may come in.

Tools, parts and loans stand in sections, a table each, which the desk may browse. Whoever works at the desk gives a
section further fields while it is in use (`add_field`), with labels as people write them: "unit price", "size (mm)".
Capitals do not matter in the names of sections and fields. Members and saved views are no sections: a member's code
opens the door.
"""

import json
import sqlite3
from datetime import date, timedelta

SECTIONS = {"tools": "Tools to borrow", "parts": "Parts to use up", "loans": "What is out"}
KINDS = {"text": "TEXT", "number": "REAL", "date": "TEXT"}
SCHEMA = """
CREATE TABLE IF NOT EXISTS tools (id INTEGER PRIMARY KEY, name TEXT NOT NULL, maker TEXT, shelf TEXT, "unit price" REAL);
CREATE TABLE IF NOT EXISTS parts (id INTEGER PRIMARY KEY, name TEXT NOT NULL, "group" TEXT, qty INTEGER DEFAULT 0, shelf TEXT);
CREATE TABLE IF NOT EXISTS loans (id INTEGER PRIMARY KEY, tool INTEGER NOT NULL, member TEXT NOT NULL, since TEXT, due TEXT);
CREATE TABLE IF NOT EXISTS members (id INTEGER PRIMARY KEY, name TEXT UNIQUE NOT NULL, code TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS views (owner TEXT, name TEXT, section TEXT, spec TEXT, PRIMARY KEY (owner, name));
"""


def opened(path=":memory:"):
    """The store in a file, made where it is not there yet."""
    shop = sqlite3.connect(path)
    shop.row_factory = sqlite3.Row
    shop.executescript(SCHEMA)
    return shop


def sample():
    """A store in memory with a few things in it, for a first look."""
    shop = opened()
    add_field(shop, "tools", "size (mm)", "number")
    for name, maker, shelf, price, size in (
        ("Hammer", "Estwing", "A1", 24.5, 330),
        ("chisel", "Narex", "A2", 12.0, 25),
        ("Drill", "Bosch", "B1", 89.0, None),
        ("Drill press", "Optimum", None, 240.0, 600),
        ("saw_fine", "Bosch", "B2", 31.0, 350),
    ):
        put(shop, "tools", {"name": name, "maker": maker, "shelf": shelf, "unit price": price, "size (mm)": size})
    for name, group, qty, shelf in (
        ("Screw 4x40", "screws", 800, "C1"),
        ("Screw 5x60", "screws", 250, "C1"),
        ("Felt, 50% wool", "felt", 12, "C2"),
        ("Felt, 500 g", "felt", 3, None),
    ):
        put(shop, "parts", {"name": name, "group": group, "qty": qty, "shelf": shelf})
    return shop


def sections():
    """Names and headings of what can be browsed, in the order of the menu."""
    return list(SECTIONS.items())


def fields(shop, section):
    """The fields of a section in their order, or nothing where there is no such section."""
    if section.lower() not in SECTIONS:
        return []
    return [each["name"] for each in shop.execute(f'PRAGMA table_info("{section}")')]


def add_field(shop, section, label, kind="text"):
    """Give a section a further field. Its label may hold anything but what lists and orders are made with."""
    label = label.strip()
    if not label or any(each in label for each in '",:\x00'):
        raise ValueError(f"not a label: {label!r}")
    if section.lower() not in SECTIONS:
        raise ValueError(f"not a section: {section!r}")
    shop.execute(f'ALTER TABLE "{section}" ADD COLUMN "{label}" {KINDS[kind]}')


def put(shop, section, record):
    """Add a record, field -> value; gives its number."""
    names = ", ".join(f'"{each}"' for each in record)
    marks = ", ".join("?" for _ in record)
    done = shop.execute(f'INSERT INTO "{section}" ({names}) VALUES ({marks})', list(record.values()))
    shop.commit()
    return done.lastrowid


def enroll(shop, name, code):
    """Add a member, or give them another code."""
    shop.execute(
        "INSERT INTO members (name, code) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET code = excluded.code",
        (name, code),
    )
    shop.commit()


def lets_in(shop, name, code):
    """Whether this code opens the door for this member."""
    found = shop.execute("SELECT 1 FROM members WHERE name = ? AND code = ?", (name, code)).fetchone()
    return found is not None


def lend(shop, tool, member, since, days=14):
    """Note that a tool goes out; since is an ISO date. A tool that is out cannot go out again."""
    if shop.execute("SELECT 1 FROM loans WHERE tool = ?", (tool,)).fetchone():
        raise ValueError(f"tool {tool} is out")
    due = date.fromisoformat(since) + timedelta(days=days)
    return put(shop, "loans", {"tool": tool, "member": member, "since": since, "due": due.isoformat()})


def overdue(shop, today):
    """Member -> names of their tools that should be back, the longest overdue first."""
    late = {}
    for each in shop.execute(
        "SELECT member, tools.name AS tool FROM loans JOIN tools ON tools.id = loans.tool WHERE due < ? ORDER BY due, tool",
        (today,),
    ):
        late.setdefault(each["member"], []).append(each["tool"])
    return late


def remember(shop, owner, name, section, spec):
    """Keep a view under a name of its owner's, in place of one of that name."""
    shop.execute("INSERT OR REPLACE INTO views VALUES (?, ?, ?, ?)", (owner, name, section, json.dumps(spec)))
    shop.commit()
