"""Which columns look as if they held personal data, by their names and by what sampled values look like."""

from __future__ import annotations

import ipaddress
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from itertools import pairwise

import msgspec

from outpace.delivery.staging.json_values import Found, Key, values_in
from outpace.delivery.staging.schema import Column, Table

BY_NAME = {
    "an email address": "email mail emails recipient emailaddress mailaddress",
    "a phone number": "phone mobile telephone tel fax msisdn cellphone phones",
    "a name": "firstname lastname surname fullname forename nickname username login givenname familyname middlename"
    " maidenname displayname screenname namefirst namelast namegiven namefamily",
    "an IP address": "ip ipaddress remoteaddr clientip ips",
    "an address": "address street zip zipcode postcode postal city addressline address1 address2 latitude longitude",
    "a date of birth": "birth dob birthday birthdate dateofbirth born",
    "an account": "iban bic accountnumber sortcode routingnumber",
    "a card": "card cardnumber creditcard pan cvv cvc",
    "a password": "password passwd pwd passphrase pin",
    "a token": "token secret apikey sessionid sessionkey otp accesskey refreshtoken cookie salt",
    "a number of a person": "ssn passport passportnumber taxid taxnumber tin nationalid personalid socialsecurity"
    " insurancenumber bsn nino nin dni pesel cpf curp cnp aadhaar personnummer steuerid svnr codicefiscale",
    "free text": "note notes comment comments remark remarks feedback message memo complaint bio about",
    "a trait of a person": "gender religion ethnicity nationality diagnosis disability sex",
}
PEOPLE = (
    "user users customer customers person persons people contact contacts employee employees member members patient"
    " patients account accounts client clients guest guests subscriber subscribers author authors owner owners student"
    " students profile profiles passenger passengers visitor visitors donor donors applicant applicants"
)
IDENTIFYING = frozenset(
    {"an email address", "a phone number", "an account", "a card", "a password", "a token", "a number of a person"}
)
"""What names or opens by itself: in another row it does so still."""
ABOUT = "id at count type kind status state verified format changed sent enabled template on domain"
NUMBERS = frozenset({"a phone number", "a card", "a number of a person", "an account"})
FREE_TEXT, JSON = "free text", "JSON"
NAME_OF_SOMETHING = "a name of something"
"""In a document; the table says whether of somebody."""
SHARE = {
    "an email address": 0.0,
    "an IP address": 0.5,
    "a card": 0.5,
    "a phone number": 0.3,
    FREE_TEXT: 0.3,
    JSON: 0.99,
}
"""Of sampled values, more than which must look so. Other shapes: one is enough."""

_PEOPLE, _ABOUT = frozenset(PEOPLE.split()), frozenset(ABOUT.split())
_NAMED = {what: frozenset(names.split()) for what, names in BY_NAME.items()}
_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(\.[\w-]{1,63}){1,8}")
_PHONE = re.compile(r"(\+|00|\(?0)[\d ()/.-]{6,20}\d")
_PHONE_WITHIN = re.compile(r"(?<![\w+])\+\d[\d ()/.-]{6,18}\d(?!\w)")
_CARD_WITHIN = re.compile(r"(?<![\w.-])[2-6]\d{3}(?:[ -]?\d{4}){2}[ -]?\d{1,7}(?!\w)")
_IBAN_WITHIN = re.compile(r"(?<!\w)[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?!\w)")
_PASSWORD = re.compile(r"\$2[abxy]\$|\$argon2|\$[156]\$|pbkdf2_|scrypt:|bcrypt|\{SSHA\}|md5[0-9a-f]{32}$")
_TOKEN = re.compile(
    r"eyJ[\w-]{8,}\.[\w-]{8,}\.|gh[opsur]_\w{16,}|glpat-|sk[-_](live|test|proj)|xox[abp]-|AKIA[0-9A-Z]{16}"
)
_WORD = re.compile(r"[^\W\d_]{2,}")
_MOST = 4000
_LONGEST_CHARACTER = 4  # bytes in UTF-8


def shapes_of(values: Iterable[str]) -> tuple[str, ...]:
    """What a sample looks like, also within its documents. The values themselves go no further."""
    texts = [value[:_MOST] for value in values if value and value.strip()]
    found = {*_alike(texts), *_within(filter(_is_json, texts))}
    return tuple(shape for shape in dict.fromkeys((*_SHAPES, *BY_NAME, NAME_OF_SOMETHING)) if shape in found)


def text_of(value: bytes) -> str:
    """What bytes say, also where they are cut off; empty where they are no text."""
    try:
        text = value[:_MOST].decode()
    except UnicodeDecodeError as error:
        text = value[: error.start].decode() if len(value[:_MOST]) - error.start < _LONGEST_CHARACTER else ""
    return "" if "\0" in text else text


def _alike(texts: list[str]) -> Iterator[str]:
    for name, looks in _SHAPES.items():
        if texts and sum(map(looks, texts)) / len(texts) > SHARE.get(name, 0.0):
            yield name


def _within(documents: Iterable[str]) -> Iterator[str]:
    """As if each field were a column, and what encloses it a table."""
    fields, keys = defaultdict[tuple[str, ...], list[str]](list), defaultdict[tuple[str, ...], set[str]](set)
    for document in documents:
        for each in values_in(document):
            match each:
                case Key(names, text):
                    keys[names].add(text)
                case Found(names, text, is_number) if text.strip():
                    yield from _by_field(names, is_number=is_number)
                    if text.isdecimal() or not is_number:
                        fields[names].append(text)
                case Found():
                    pass
    for texts in (*fields.values(), *map(list, keys.values())):
        yield from (shape for shape in _alike(texts) if shape != JSON)


@lru_cache(_MOST)
def _by_field(names: tuple[str, ...], *, is_number: bool) -> tuple[str, ...]:
    column = Column(name="_".join(names[-2:]), kind="whole" if is_number else "text")
    if named := _by_name(Table(name="_".join(names[:-2]), columns=()), column):
        return (named,)
    return (NAME_OF_SOMETHING,) if not is_number and _words("".join(names[-1:]))[-1:] in (["name"], ["names"]) else ()


def looks_personal(table: Table, column: Column) -> str | None:
    """Of what kind, and by what; None where nothing says so."""
    if column.generated or column.kind in {"boolean", "choice"}:
        return None
    named = _by_name(table, column)
    seen = tuple(_seen(table, column))
    if named and named in seen:
        return f"{named}, by its name and its values"
    if named:
        return f"{named}, by its name"
    return f"{' and '.join(seen)}, by its values" if seen else None


def _seen(table: Table, column: Column) -> Iterator[str]:
    for shape in column.shapes:
        if shape == NAME_OF_SOMETHING:
            if "a name" not in column.shapes and _PEOPLE & {*_words(column.name), *_words(table.name)}:
                yield "a name"
        elif shape != JSON:
            yield shape


def identifying(table: Table, column: Column) -> str | None:
    """What names or opens by itself."""
    named = _by_name(table, column)
    return next((each for each in (named, *column.shapes) if each in IDENTIFYING), None)


def _by_name(table: Table, column: Column) -> str | None:
    words = _words(column.name)
    if not words or (words[-1] in _ABOUT and len(words) > 1) or words[0] in {"is", "has"}:
        return None
    narrowest_first = ["".join(words), *map("".join, reversed([*pairwise(words)])), *reversed(words)]
    found = next((what for each in narrowest_first for what, names in _NAMED.items() if each in names), None)
    if found is None and words[-1] in {"name", "names"} and _PEOPLE & {*words, *_words(table.name)}:
        found = "a name"
    match column.kind:
        case "date" | "moment":
            return found if found == "a date of birth" else None
        case "whole" | "number":
            return found if found in NUMBERS or "".join(words) in {"latitude", "longitude"} else None
        case "host":
            return "an IP address"
        case _:
            return found


def _words(name: str) -> list[str]:
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name.rpartition(".")[2])
    return [word for word in re.split(r"[^a-z0-9]+", parted.lower()) if word]


def _is_card(text: str) -> bool:
    digits = re.sub(r"[ -]", "", text)
    if not re.fullmatch(r"[2-6]\d{12,18}", digits):
        return False
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits))]
    return sum(each - 9 if each > 9 else each for each in doubled) % 10 == 0


def _is_iban(text: str) -> bool:
    letters = text.replace(" ", "").upper()
    if not re.fullmatch(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}", letters):
        return False
    return int("".join(str(int(each, 36)) for each in letters[4:] + letters[:4])) % 97 == 1


def _begins_with_iban(text: str) -> bool:
    """Words in capitals may follow it."""
    groups = text.split(" ")
    return any(_is_iban("".join(groups[:number])) for number in range(1, len(groups) + 1))


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text.strip())
    except ValueError:
        return False
    return True


def _is_json(text: str) -> bool:
    if text.lstrip()[:1] not in {"{", "["}:
        return False
    try:
        msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return len(text.encode(errors="replace")) > _MOST - _LONGEST_CHARACTER  # cut off
    return True


def _is_long(text: str) -> bool:
    return len(_WORD.findall(text)) >= 6 and not _is_json(text)


def _shapes() -> Iterator[tuple[str, Callable[[str], bool]]]:
    yield "an email address", lambda text: _EMAIL.search(text) is not None
    yield "a phone number", lambda text: bool(_PHONE.fullmatch(text.strip()) or _PHONE_WITHIN.search(text))
    yield "an account", lambda text: _is_iban(text) or any(map(_begins_with_iban, _IBAN_WITHIN.findall(text)))
    yield "a card", lambda text: _is_card(text) or any(map(_is_card, _CARD_WITHIN.findall(text)))
    yield "a password", lambda text: _PASSWORD.match(text) is not None
    yield "a token", lambda text: _TOKEN.match(text) is not None
    yield "an IP address", _is_address
    yield FREE_TEXT, _is_long
    yield JSON, _is_json


_SHAPES = dict(_shapes())
