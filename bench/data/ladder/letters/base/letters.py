"""Form letters and notices that shops send to their customers.

Shops write their templates in our editor; a template is text with fields in braces::

    Order {order[number]} of {recipient.name}: please pay {amount:en} by {due:%d.%m.%Y}.

A field is ``recipient`` or ``sender``, one of their details that FIELDS has, or what the letter is given by name: a text, a
number, a day, an amount, or a list or mapping of such, whose parts are ``{lines[0]}`` and ``{order[number]}``. Forms and
conversions are Python's, and a form may have fields of its own: ``{recipient.name:>{width}}``. Braces that are doubled
stand for themselves.
"""

from __future__ import annotations

import datetime
import string
import textwrap
from dataclasses import dataclass, field
from typing import Dict, Iterable, List, Mapping

import wording
from wording import Money

FIELDS = {
    "recipient": ("name", "title", "city", "email", "language"),
    "sender": ("name", "city", "phone", "email"),
}
"""The details that the editor offers."""
GATEWAY = {"host": "mail.example", "token": ""}
WIDTH = 72
LONGEST_SUBJECT = 78


@dataclass(frozen=True)
class Recipient:
    """A customer of a shop, with the name that they signed up by; the note is the shop's own and nobody else's."""

    name: str
    title: str = ""
    city: str = ""
    email: str = ""
    language: str = "en"
    note: str = ""

    def __str__(self) -> str:
        return f"{self.title} {self.name}".strip()


@dataclass(frozen=True)
class Sender:
    """A shop; its letters are signed with the key, which is ours."""

    name: str
    city: str = ""
    phone: str = ""
    email: str = ""
    key: str = ""
    phrases: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.name}, {self.city}" if self.city else self.name


class Blank(Dict[str, object]):
    """Fields that are blank where there are none."""

    def __missing__(self, key: str) -> str:
        return ""


def connect(token: str, host: str = "mail.example") -> None:
    """Set how the mail gateway is reached."""
    GATEWAY.update(host=host, token=token)


def render(template: str, recipient: Recipient, sender: Sender, **fields: object) -> str:
    """Fill in a template.

    Raises KeyError for a field that the letter does not have, and ValueError for braces that do not match.
    """
    return template.format(recipient=recipient, sender=sender, **fields)


def subject(template: str, recipient: Recipient, sender: Sender, **fields: object) -> str:
    """Fill in a template for a subject: one line that is cut between words, and blank where the letter has no such field."""
    text = template.format_map(Blank(fields, recipient=recipient, sender=sender))
    return textwrap.shorten(text, LONGEST_SUBJECT, placeholder=" ...")


def letter(template: str, recipient: Recipient, sender: Sender, **fields: object) -> str:
    """Return a whole letter: a greeting, what the template says, a closing and the sender, in lines of at most WIDTH."""
    greeting = wording.phrase("greeting", recipient.language, sender.phrases, name=str(recipient))
    closing = wording.phrase("closing", recipient.language, sender.phrases, name=sender.name)
    text = f"{greeting}\n\n{template}\n\n{closing}\n{sender.name}\n"
    return wrapped(render(text, recipient, sender, **fields))


def reminder(recipient: Recipient, sender: Sender, amount: Money, due: datetime.date) -> str:
    """Return the sentence that asks for a payment, in the recipient's language or the sender's own words.

    These may have the fields name, amount, due and day, which is the due day written out.
    """
    language = recipient.language
    return wording.phrase("due", language, sender.phrases, name=recipient.name, amount=amount, due=due, day=wording.day(due, language))


def batch(template: str, recipients: Iterable[Recipient], sender: Sender, **fields: object) -> Dict[str, str]:
    """Fill in a template for each recipient who has an address, by that address; the first of an address counts."""
    found: Dict[str, str] = {}
    for each in recipients:
        address = each.email.strip().lower()
        if address and address not in found:
            found[address] = render(template, each, sender, **fields)
    return found


def fields_of(template: str) -> List[str]:
    """Return the fields that a template has, each once, in order; without those of forms."""
    found: List[str] = []
    for _, name, _, _ in string.Formatter().parse(template):
        if name is not None and name not in found:
            found.append(name)
    return found


def menu() -> List[str]:
    """Return the fields that the editor offers, as they are written in a template."""
    return [f"{{{who}.{detail}}}" for who, details in FIELDS.items() for detail in details]


def envelope(recipient: Recipient, width: int = 30) -> List[str]:
    """Return the lines of an address, each of at most so many characters, without those that are blank."""
    lines = (str(recipient), recipient.city.upper())
    return [each if len(each) <= width else each[: width - 1] + "." for each in lines if each]


def wrapped(text: str, width: int = WIDTH) -> str:
    """Break lines that are too long between words; the others, and blank ones, stay as they are."""
    lines = []
    for line in text.split("\n"):
        lines.append(line if len(line) <= width else textwrap.fill(line, width, break_long_words=False))
    return "\n".join(lines)
