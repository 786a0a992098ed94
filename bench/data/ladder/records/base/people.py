"""Who works here: people, the teams that they are in, and their role in each of these."""

from __future__ import annotations

from dataclasses import dataclass, field

ROLES = ("guest", "member", "lead")


class Unknown(LookupError):
    """There is no such person, or no such record."""


def key(name: str) -> str:
    """What a name is found by: case and blanks around it do not matter."""
    return " ".join(name.split()).casefold()


def initials(name: str, most: int = 3) -> str:
    """The first letters of the words of a name in capitals, `most` of them; a hyphen begins a word, too."""
    words = name.replace("-", " ").split()
    return "".join(word[0].upper() for word in words[:most])


@dataclass
class Person:
    """Somebody with an account. `teams` maps the name of a team to a role in it."""

    name: str
    email: str = ""
    admin: bool = False
    active: bool = True
    teams: dict[str, str] = field(default_factory=dict)


class Directory:
    """All people, also those who have left."""

    def __init__(self) -> None:
        self._people: dict[str, Person] = {}

    def add(self, name: str, email: str = "", *, admin: bool = False) -> Person:
        """A new person; a name that is taken cannot be had again."""
        if not key(name) or key(name) in self._people:
            raise ValueError(f"no name for a new person: {name!r}")
        person = self._people[key(name)] = Person(" ".join(name.split()), email, admin)
        return person

    def get(self, name: str) -> Person:
        """The person of a name."""
        try:
            return self._people[key(name)]
        except KeyError:
            raise Unknown(f"no person {name!r}") from None

    def deactivate(self, name: str) -> None:
        """They have left. What they wrote stays, and so does their place in teams, should they come back."""
        self.get(name).active = False

    def join(self, name: str, team: str, role: str = "member") -> None:
        """Takes somebody into a team, or gives them another role there."""
        if role not in ROLES or not team:
            raise ValueError(f"no role in a team: {role!r} in {team!r}")
        self.get(name).teams[team] = role

    def leave(self, name: str, team: str) -> None:
        """Takes somebody out of a team; it does not matter whether they were in it."""
        self.get(name).teams.pop(team, None)

    def at_least(self, name: str, team: str, role: str) -> bool:
        """Whether somebody has this role in a team, or a higher one. Nobody has a role in no team."""
        has = self.get(name).teams.get(team)
        return bool(team) and has is not None and ROLES.index(has) >= ROLES.index(role)

    def members(self, team: str, role: str = "guest") -> list[str]:
        """The names of those who work in a team in at least this role, in order."""
        found = (each for each in self._people.values() if each.active)
        return sorted(each.name for each in found if self.at_least(each.name, team, role))
