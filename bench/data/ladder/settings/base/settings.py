"""Settings of services: sections of keys with typed values.

    [server]
    port = 8080
    hosts = ["a.example", b.example]
    timeout = !datetime.timedelta [0, 90]

A value is true, false, none, a number, a text (in double quotes or bare) or a list. A tag makes a type of a value:
set, frozenset, tuple, complex, datetime.date, datetime.timedelta, decimal.Decimal, fractions.Fraction,
pathlib.PurePosixPath, uuid.UUID and ipaddress.ip_network. Files of settings are uploaded by customers; the environment
can override single keys, and gives a typed value as `decimal.Decimal:1.50`.
"""

import builtins
import importlib
import re

WORDS = {"true": True, "false": False, "none": None}
CONTAINERS = {"set", "frozenset", "tuple"}
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
SIZES = {"": 1, "k": 1024, "m": 1024**2, "g": 1024**3}


class SettingsError(ValueError):
    """Settings that cannot be read."""


def _find(name):
    """What the name of a tag stands for."""
    module, *path = name.split(".") if "." in name else ("builtins", name)
    found = importlib.import_module(module)
    for each in path:
        found = getattr(found, each)
    return found


def construct(name, value):
    """The value as the type that the tag names; a list gives several arguments, but to a container."""
    try:
        make = _find(name)
    except (ImportError, AttributeError, ValueError) as error:
        raise SettingsError(f"unknown type {name}") from error
    try:
        if isinstance(value, list) and name not in CONTAINERS:
            return make(*value)
        return make(value)
    except (TypeError, ValueError, ArithmeticError) as error:
        raise SettingsError(f"not a {name}: {value!r}") from error


def split(text):
    """The parts of a list between its commas, without those in quotes and in inner lists."""
    parts, depth, quoted, start = [], 0, False, 0
    for place, sign in enumerate(text):
        if sign == '"':
            quoted = not quoted
        elif not quoted and sign in "[]":
            depth += 1 if sign == "[" else -1
        elif sign == "," and not quoted and depth == 0:
            parts.append(text[start:place])
            start = place + 1
    parts.append(text[start:])
    return [part.strip() for part in parts if part.strip()]


def parse(text):
    """The value that is written in a text."""
    text = text.strip()
    if text.startswith("!"):
        name, _, rest = text[1:].partition(" ")
        return construct(name.strip(), parse(rest))
    if text.startswith("[") and text.endswith("]"):
        return [parse(part) for part in split(text[1:-1])]
    if len(text) > 1 and text.startswith('"') and text.endswith('"'):
        return text[1:-1]
    if text.lower() in WORDS:
        return WORDS[text.lower()]
    for number in (int, float):
        try:
            return number(text)
        except ValueError:
            pass
    return text


def load(text):
    """The sections of a file of settings, each a dictionary."""
    sections, section = {}, None
    for number, line in enumerate(text.splitlines(), 1):
        line = line.strip()
        if not line or line.startswith(("#", ";")):
            continue
        if line.startswith("[") and line.endswith("]") and "=" not in line:
            section = sections.setdefault(line[1:-1].strip(), {})
            continue
        key, equals, value = line.partition("=")
        if section is None or not equals:
            raise SettingsError(f"line {number}: not a setting")
        try:
            section[key.strip()] = parse(value)
        except SettingsError as error:
            raise SettingsError(f"line {number}: {error}") from error
    return sections


def from_environment(environment, prefix="APP_"):
    """Settings such as APP_SERVER_PORT=8080, by section and key."""
    sections = {}
    for variable, text in sorted(environment.items()):
        section, _, key = variable[len(prefix) :].lower().partition("_")
        if not variable.startswith(prefix) or not key:
            continue
        value = parse(text) if not text.lstrip().startswith("!") else text
        typed = re.match(r"([A-Za-z_][\w.]*):(.*)", text)
        if typed:
            module, _, name = typed.group(1).rpartition(".")
            try:
                make = getattr(importlib.import_module(module) if module else builtins, name)
            except (ImportError, AttributeError):
                pass  # an address or a path with a colon
            else:
                given = parse(typed.group(2))
                value = make(*given) if isinstance(given, list) and name not in CONTAINERS else make(given)
        sections.setdefault(section, {})[key] = value
    return sections


def expand(sections):
    """The settings with each `${section.key}` replaced; a text that is a reference and no more takes its type over."""

    def put(match):
        section, _, key = match.group(1).partition(".")
        try:
            return str(sections[section][key])
        except KeyError:
            raise SettingsError(f"no such setting: {match.group(1)}") from None

    def new(value):
        if isinstance(value, list):
            return [new(each) for each in value]
        if isinstance(value, str) and "${" in value:
            return parse(re.sub(r"\$\{([^{}]+)\}", put, value))
        return value

    return {name: {key: new(value) for key, value in section.items()} for name, section in sections.items()}


def merge(sections, others):
    """The settings of both; those of `others` go before."""
    merged = {name: dict(section) for name, section in sections.items()}
    for name, section in others.items():
        merged.setdefault(name, {}).update(section)
    return merged


def duration(text):
    """The seconds of a text such as `1h30m` or `90`; a part without a unit counts as seconds."""
    text = text.strip().lower().replace(" ", "")
    if not re.fullmatch(r"(\d+[smhd])*\d*", text) or not text:
        raise SettingsError(f"not a duration: {text!r}")
    return sum(int(number) * UNITS[unit or "s"] for number, unit in re.findall(r"(\d+)([smhd]?)", text))


def size(text):
    """The bytes of a text such as `10k`, `1.5 MB` or `512`."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([kmg]?)b?", text.strip().lower())
    if match is None:
        raise SettingsError(f"not a size: {text!r}")
    return int(float(match.group(1)) * SIZES[match.group(2)])
