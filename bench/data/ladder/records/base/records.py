"""A desk of records: notes, minutes and drafts that people write, keep in a team, and share.

Who may do what:

- the owner sees a record, and may change it;
- members and leads of its team see it, and leads may change it; guests of the team do not see it;
- whoever it is shared with sees it, and may change it where it is shared for editing;
- a record in the trash is seen only by those who may change it;
- an administrator sees and changes all, and somebody who has left nothing, not even what is their own.

Whoever may change a record may also share it, and put it into a team that they work in.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Optional

from people import Directory, Unknown, key

RIGHTS = ("view", "edit")


class Refused(Exception):
    """Somebody may not do this."""


@dataclass
class Record:
    """`shared` maps the key of a person to a right; `versions` are pairs of a writer and a text, the last one is current."""

    number: int
    owner: str
    title: str
    team: str = ""
    shared: dict[str, str] = field(default_factory=dict)
    versions: list[tuple[str, str]] = field(default_factory=list)
    comments: list[tuple[str, str]] = field(default_factory=list)
    trashed: bool = False

    @property
    def body(self) -> str:
        return self.versions[-1][1]


def excerpt(text: str, width: int = 40) -> str:
    """The beginning of a text on one line, cut at a blank and with dots where it is longer than `width`."""
    line = " ".join(text.split())
    if len(line) <= width:
        return line
    cut = line[: width - 3]
    if " " in cut and line[width - 3] != " ":
        cut = cut[: cut.rindex(" ")]
    return cut.rstrip() + "..."


class Desk:
    """All records, and what people do with them. Everybody is known by name."""

    def __init__(self, people: Directory) -> None:
        self.people = people
        self._records: dict[int, Record] = {}

    def may_see(self, who: str, record: Record) -> bool:
        """Whether somebody may see a record."""
        if self.may_change(who, record):
            return True
        if not self.people.get(who).active or record.trashed:
            return False
        return key(who) in record.shared or self.people.at_least(who, record.team, "member")

    def may_change(self, who: str, record: Record) -> bool:
        """Whether somebody may change a record."""
        person = self.people.get(who)
        if not person.active:
            return False
        if person.admin or key(who) == key(record.owner) or record.shared.get(key(who)) == "edit":
            return True
        return self.people.at_least(who, record.team, "lead")

    def get(self, number: int) -> Record:
        """The record of a number, whoever asks; for use by the desk itself."""
        try:
            return self._records[number]
        except KeyError:
            raise Unknown(f"no record {number!r}") from None

    def add(self, who: str, title: str, body: str = "", team: str = "") -> Record:
        """A new record of one's own, in a team that one works in or in none."""
        person = self.people.get(who)
        if not person.active or (team and not self.people.at_least(who, team, "member")):
            raise Refused(f"{who} may not add a record to {team or 'the desk'}")
        record = Record(max(self._records, default=0) + 1, person.name, title, team)
        record.versions.append((person.name, body))
        self._records[record.number] = record
        return record

    def read(self, who: str, number: int) -> dict[str, Any]:
        """What a page shows of a record."""
        record = self.get(number)
        if not self.may_see(who, record):
            raise Refused(f"{who} may not see record {number}")
        names = ("number", "owner", "title", "team", "body", "trashed")
        return {name: getattr(record, name) for name in names} | {"comments": list(record.comments)}

    def edit(self, who: str, number: int, body: str, title: Optional[str] = None) -> int:
        """Writes a new version, and says which one it is; the same text again is no new version."""
        record = self.get(number)
        if not self.may_change(who, record):
            raise Refused(f"{who} may not change record {number}")
        if title is not None:
            record.title = title
        if body != record.body:
            record.versions.append((self.people.get(who).name, body))
        return len(record.versions)

    def comment(self, who: str, number: int, text: str) -> int:
        """Adds a comment; whoever sees a record may comment on it."""
        record = self.get(number)
        if not self.may_see(who, record):
            raise Refused(f"{who} may not see record {number}")
        record.comments.append((self.people.get(who).name, text))
        return len(record.comments)

    def trash(self, who: str, number: int, back: bool = False) -> None:
        """Puts a record into the trash, or takes it out of there again."""
        record = self.get(number)
        if not self.may_change(who, record):
            raise Refused(f"{who} may not change record {number}")
        record.trashed = not back

    def listing(self, who: str, team: Optional[str] = None) -> list[str]:
        """A line for each record that somebody sees, of one team or of all."""
        found = (each for _, each in sorted(self._records.items()) if team is None or each.team == team)
        return [f"{each.number} {each.title}: {excerpt(each.body)}" for each in found if self.may_see(who, each)]

    def search(self, who: str, word: str) -> list[int]:
        """The numbers of the records that somebody sees and that have a word in their title or text."""
        found = (each for _, each in sorted(self._records.items()) if self.may_see(who, each))
        return [each.number for each in found if key(word) in key(f"{each.title} {each.body}")]

    def history(self, who: str, number: int) -> list[str]:
        """Every version of a record with its writer, the oldest first."""
        record = self.get(number)
        return [f"{place}. {writer}: {text}" for place, (writer, text) in enumerate(record.versions, 1)]

    def export(self, who: str, numbers: Iterable[int]) -> str:
        """Records as text, to be kept elsewhere, in the order asked for; each is there once."""
        parts = [f"# exported by {self.people.get(who).name}"]
        for number in dict.fromkeys(numbers):
            record = self.get(number)
            parts.append(f"## {record.number} {record.title}\n\n{record.body}")
        return "\n\n".join(parts) + "\n"

    def copy(self, who: str, number: int, title: str = "") -> Record:
        """A new record of one's own, in no team, with the current text of another one."""
        record = self.get(number)
        return self.add(who, title or f"Copy of {record.title}", record.body)

    def share(self, who: str, number: int, person: str, right: str = "view") -> dict[str, str]:
        """Shares a record with somebody, or changes what they may do; gives all that it is shared with."""
        if right not in RIGHTS:
            raise ValueError(f"no right: {right!r}")
        record = self.get(number)
        record.shared[key(self.people.get(person).name)] = right
        return dict(record.shared)

    def unshare(self, who: str, number: int, person: str) -> dict[str, str]:
        """Ends that a record is shared with somebody; people may do so for themselves, too."""
        record = self.get(number)
        if key(who) != key(person) and not self.may_change(who, record):
            raise Refused(f"{who} may not change record {number}")
        record.shared.pop(key(person), None)
        return dict(record.shared) if self.may_see(who, record) else {}

    def move(self, who: str, number: int, team: str) -> str:
        """Puts a record into a team that one works in, or into none; gives the team that it was in."""
        record = self.get(number)
        if team and not self.people.at_least(who, team, "member"):
            raise Refused(f"{who} does not work in {team}")
        before, record.team = record.team, team
        return before


def load(path: str) -> Desk:
    """A desk with its people, from a file in JSON."""
    with open(path, encoding="utf-8") as file:
        data = json.load(file)
    desk = Desk(Directory())
    for each in data["people"]:
        person = desk.people.add(each["name"], each.get("email", ""), admin=each.get("admin", False))
        person.active = each.get("active", True)
        for team, role in each.get("teams", {}).items():
            desk.people.join(person.name, team, role)
    for each in data["records"]:
        record = Record(each["number"], each["owner"], each["title"], each.get("team", ""))
        record.shared = {key(name): right for name, right in each.get("shared", {}).items()}
        record.versions = [(writer, text) for writer, text in each["versions"]]
        record.trashed = each.get("trashed", False)
        desk._records[record.number] = record
    return desk
