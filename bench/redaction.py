"""Bench: planted secrets and personal data that reach a recording of `outpace edge record`.

Requests and answers as applications of many kinds have them, each with one or more planted values: what opens an
account (passwords, tokens, codes) and what says who somebody is (names, addresses, numbers). Counted is what stands in
the line that would be written, in any usual spelling. The kinds were written after the rules, and run on once before
any rule was changed for them: that first run wrote 13 of 55. What it showed was mended by kind, so that by now they are
tuned on, and what holds for kinds that nobody has seen is the first run. Beside them stand 21 that reviewers found
later, who looked for what the rules let through: 20 of them were written, and one ended the recording.

The peer is what most recorders do: fields and headers of a list of names are blanked out, at any depth, and all else is
kept. Beside it stands what that costs: requests that say nothing about anybody must be kept byte for byte.

The goals: at most one planted value in twenty is written; all harmless requests are kept as they were.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import msgspec  # noqa: E402

from outpace.delivery.exchanges.exchange import Exchange, UnredactedExchange, UnredactedMessage  # noqa: E402
from outpace.delivery.exchanges.redaction import Redactor  # noqa: E402
from outpace.delivery.exchanges.texts import spellings  # noqa: E402
from outpace.model.edge import Redact  # noqa: E402

AT = datetime(2026, 11, 27, tzinfo=UTC)
FORM, JSON = "application/x-www-form-urlencoded", "application/json"
LEAK_GOAL = 1 / 20
NAMED = re.compile(r"(?i)password|passwd|secret|token|authorization|cookie|api[-_]?key|email|ssn|card")


class Planted(NamedTuple):
    kind: str
    values: tuple[str, ...]
    exchange: UnredactedExchange


def asked(
    target: str = "/", body: str = "", kind: str = "", answer: str = "", told: str = JSON, **fields: str
) -> UnredactedExchange:
    request = tuple((name.replace("_", "-"), value) for name, value in fields.items())
    return UnredactedExchange(
        method="POST" if body else "GET",
        target=target,
        authority="shop.example",
        status=200,
        request=UnredactedMessage(fields=(*request, ("content-type", kind)) if kind else request, body=body.encode()),
        response=UnredactedMessage(fields=(("content-type", told),), body=answer.encode()),
        at=AT,
    )


def posted(document: object, **how: str) -> UnredactedExchange:
    return asked("/things", json.dumps(document), JSON, **how)


def formed(target: str = "/things", **fields: str) -> UnredactedExchange:
    return asked(target, urlencode(fields), FORM)


PLANTED = (
    Planted(
        "a wizard's step",
        ("Grace Brewster", "9 Dec 1906"),
        posted({"step": 2, "answers": ["Grace Brewster", "9 Dec 1906"]}),
    ),
    Planted("answers to secret questions", ("Rover the dog",), formed(question="pet", answer="Rover the dog")),
    Planted("a chat message", ("meet me at the old mill",), posted({"room": 4, "text": "meet me at the old mill"})),
    Planted("a rich text editor", ("diagnosed last May",), posted({"ops": [{"insert": "diagnosed last May\n"}]})),
    Planted("a diagnosis", ("F32.1 depressive episode",), posted({"icd": "F32.1 depressive episode"})),
    Planted("a geographic point", ("52.520008", "13.404954"), formed(point="52.520008,13.404954")),
    Planted("a geographic point in a document", ("52.520008",), posted({"at": [52.520008, 13.404954]})),
    Planted("a vehicle's number", ("1HGCM82633A004352",), posted({"vin": "1HGCM82633A004352"})),
    Planted("a licence plate", ("B-XK 4821",), posted({"plate": "B-XK 4821"})),
    Planted("a machine's address", ("00:1B:44:11:3A:B7",), posted({"device": "00:1B:44:11:3A:B7"})),
    Planted("an address of IPv6", ("2001:db8::ff00:42:8329",), formed(peer="2001:db8::ff00:42:8329")),
    Planted(
        "a wallet",
        ("0x71C7656EC7ab88b098defB751B7401B5f6d8976F",),
        posted({"to": "0x71C7656EC7ab88b098defB751B7401B5f6d8976F"}),
    ),
    Planted("a wallet's words", ("ripple canyon velvet oxygen",), posted({"words": "ripple canyon velvet oxygen"})),
    Planted("a wallet's words in a list", ("ripple", "canyon"), posted({"phrase": ["ripple", "canyon"]})),
    Planted(
        "a PEM in one line",
        ("MIIBOgIBAAJBAKj34GkxFhD90vcNLYLInFEX6",),
        posted({"pem": "MIIBOgIBAAJBAKj34GkxFhD90vcNLYLInFEX6"}),
    ),
    Planted(
        "an SSH key", ("AAAAC3NzaC1lZDI1NTE5AAAAIGdv",), posted({"ssh": "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGdv me"})
    ),
    Planted("a session in a path", ("S-9k2jXw81",), asked("/(S-9k2jXw81)/cart")),
    Planted("a code by mail, in a path", ("A7-PQ9-X2",), asked("/verify-email/A7-PQ9-X2")),
    Planted("a shared file", ("qwZ83hfKq1",), asked("/share/qwZ83hfKq1")),
    Planted("a calendar's feed", ("private-4f1d9c",), asked("/ical/private-4f1d9c/basic.ics")),
    Planted("an unsubscribe link", ("grace@navy.example",), asked("/unsubscribe/grace@navy.example/")),
    Planted("a profile", ("grace.hopper",), asked("/@grace.hopper/posts")),
    Planted(
        "a ticket of single sign-on",
        ("ST-1856339-aA5Yuvrxzpv8Tau1cYQ7",),
        asked("/app?ticket=ST-1856339-aA5Yuvrxzpv8Tau1cYQ7"),
    ),
    Planted("an assertion", ("PHNhbWxwOlJlc3BvbnNlIElEPSJf",), formed(assertion="PHNhbWxwOlJlc3BvbnNlIElEPSJf")),
    Planted(
        "a proof of a key", ("dBjftJeZ4CVP-mB92K27uhbUJU1p1r",), formed(code_verifier="dBjftJeZ4CVP-mB92K27uhbUJU1p1r")
    ),
    Planted("a device's code", ("WDJB-MJHT",), formed(user_code="WDJB-MJHT")),
    Planted("a one-time code in six fields", ("8", "3"), posted({"otp": ["8", "3"]})),
    Planted("a loyalty number", ("3082 4410 9921",), formed(loyalty="3082 4410 9921")),
    Planted("a gift card", ("GIFT-77Q2-K9XX-01ZP",), formed(voucher="GIFT-77Q2-K9XX-01ZP")),
    Planted("a tracking id", ("GA1.2.1033501218.1368477899",), asked(x_ga="GA1.2.1033501218.1368477899")),
    Planted("a proxy's user", ("CN=Grace Hopper",), asked(x_client_dn="CN=Grace Hopper,O=Navy")),
    Planted("a push endpoint", ("fcm-d9k2LkJ3hX",), posted({"endpoint": "https://push.example/send/fcm-d9k2LkJ3hX"})),
    Planted("Polish", ("Kowalska",), posted({"nazwisko": "Kowalska", "imie": "Anna"})),
    Planted("Turkish", ("gizli-parola",), posted({"şifre": "gizli-parola"})),
    Planted("Greek", ("mystiko",), posted({"κωδικός": "mystiko"})),
    Planted("Arabic", ("kalima",), posted({"كلمة": "kalima"})),
    Planted("Finnish", ("Korhonen",), posted({"sukunimi": "Korhonen"})),
    Planted("a name in leet", ("open-sesame",), posted({"p4ssw0rd": "open-sesame"})),
    Planted(
        "a batch",
        ("Hopper, Grace",),
        posted({"requests": [{"method": "PUT", "body": json.dumps({"who": "Hopper, Grace"})}]}),
    ),
    Planted(
        "a patch", ("grace@navy.example",), posted([{"op": "replace", "path": "/mail", "value": "grace@navy.example"}])
    ),
    Planted(
        "a patch of a password",
        ("open-sesame",),
        posted([{"op": "replace", "path": "/password", "value": "open-sesame"}]),
    ),
    Planted("a filter", ("Hopper",), asked("/people?filter=" + "lastName%20eq%20'Hopper'")),
    Planted("a sort of pairs", ("open-sesame",), posted({"keys": ["id", "password"], "rows": [[1, "open-sesame"]]})),
    Planted("a map of cookies", ("k2-v9-zz",), posted({"cookies": {"sid": "k2-v9-zz"}})),
    Planted("a trace", ("Grace Hopper",), asked(baggage="who=Grace Hopper,plan=gold")),
    Planted(
        "an answer's page",
        ("Grace Hopper", "Arlington"),
        asked(answer="<h1>Grace Hopper</h1><td>Arlington</td>", told="text/html"),
    ),
    Planted("an answer's table", ("Hopper",), asked(answer="a;b\n1;Hopper", told="text/csv")),
    Planted("an answer's XML", ("Hopper",), asked(answer="<who>Hopper</who>", told="application/xml")),
    Planted("an answer's map by name", ("Hopper",), asked(answer=json.dumps({"Hopper": {"n": 1}}))),
    Planted("a vCard", ("Hopper;Grace",), asked("/import", "BEGIN:VCARD\nN:Hopper;Grace\nEND:VCARD", "text/vcard")),
)
REVIEWED = (
    *(
        Planted(f"a link of letters: {path}", (value,), asked(path + value))
        for path, value in (
            ("/reset-password/", "kqzvmwptrxlq"),
            ("/invite/", "xqzptlkd"),
            ("/share/", "qwzxkvpl"),
            ("/api/token/", "abcdefgh"),
            ("/password/", "tulipan"),
            ("/magic/", "xqkzvwpt"),
            ("/unsubscribe/", "kate-miller"),
            ("/token/", "ab12c"),
            ("/verify/", "48391"),
            ("/invite/", "sunshine"),
        )
    ),
    Planted("a comment of GraphQL", ("Lovelace",), posted({"query": "query { a # Ada Lovelace\n }"})),
    Planted("a comment behind a query", ("hunter22x",), posted({"query": "query { a } # hunter22x\n{b}"})),
    Planted("a national telephone", ("612345678",), asked("/s?q=612345678")),
    Planted("a national telephone as a number", ("612345678",), posted({"q": 612345678})),
    Planted("a second factor", ("483920",), posted({"mfa": "483920"})),
    Planted("a second factor by its digits", ("483920",), posted({"2fa": 483920})),
    Planted("an answer's members", ("adalovelace",), asked(answer=json.dumps({"members": {"adalovelace": {"r": 1}}}))),
    Planted("an answer's key", ("hunter22x",), asked(answer=json.dumps({"hunter22x": "x"}))),
    Planted("an answer's numbered key", ("p12345-67890",), asked(answer=json.dumps({"p12345-67890": "x"}))),
    Planted(
        "an answer's field", ("adalovelace",), asked(answer='<input name="adalovelace" value="x">', told="text/html")
    ),
    Planted("half a character", ("abcdef12",), asked(user_agent=r"\ud800pa\u0073sword=abcdef12")),
)
"""What reviewers found later, who had read the rules: each was mended by kind."""
HARMLESS = (
    asked("/books/3?page=2&sort=-price"),
    asked("/orders?status=open&from=2026-11-01&to=2026-11-30"),
    asked("/static/app.3f9c2a.js"),
    asked("/wiki/second-world-war"),
    asked("/items/0b8f3a52-6a0e-4c0e-9d2f-5d1f0c1e2a3b"),
    asked("/items?ids=1,2,3&fields=id,price", accept="application/json"),
    asked("/api/v2/rates?base=USD&symbols=EUR,GBP"),
    asked("/map?zoom=12&layer=roads"),
    posted({"lines": [{"sku": "TEA-12", "count": 2}], "currency": "EUR", "express": True}),
    posted({"from": "2026-11-27T10:00:00Z", "interval": "day", "metrics": ["visits", "sales"]}),
    formed(quantity="2", size="XL", color="dark-blue"),
    posted({"id": "507f1f77bcf86cd799439011", "state": "closed", "country_code": "US"}),
    asked("/session/new"),
    asked("/accounts/password/reset/done/"),
    asked("/api/v2/token/refresh"),
    asked("/invitations/17/accept"),
    asked("/services/consulting"),
    asked("/cards/1234/transactions"),
    asked("/report?from=20261127&order_id=612345678&amount=6123456"),
    posted({"mfa": "sms", "query": "query { items(first: 5) { id } }", "total": 612345678}),
)


def written(exchange: UnredactedExchange) -> str:
    kept = Redactor(Redact()).kept(exchange)
    return msgspec.json.encode(kept).decode() if isinstance(kept, Exchange) else ""


def by_names(exchange: UnredactedExchange) -> str:
    """The peer: pairs whose name is on the list are blanked out."""
    told = [exchange.target, *(f"{name}={value}" for name, value in exchange.request.fields)]
    told += [exchange.request.body.decode(), exchange.response.body.decode()]
    named = rf"(\"?[\w-]*(?:{NAMED.pattern[4:]})[\w-]*\"?\s*[:=]\s*)(\"[^\"]*\"|[^&,\s]+)"
    return "\n".join(re.sub(named, r"\1-", each, flags=re.IGNORECASE) for each in told)


def leaks(planted: Planted, line: str) -> tuple[str, ...]:
    def there(value: str) -> bool:
        return any(re.search(rf"(?<!\w){re.escape(spelled)}(?!\w)", line) for spelled, _ in spellings(value))

    return tuple(value for value in planted.values if there(value))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="the same, since it takes a second")
    parser.add_argument("--json", type=Path, metavar="FILE")
    args = parser.parse_args()
    rows = [
        (each.kind, leaks(each, written(each.exchange)), leaks(each, by_names(each.exchange)))
        for each in PLANTED + REVIEWED
    ]
    changed = [each for each in HARMLESS if not _as_it_was(each)]
    values = sum(len(each.values) for each in PLANTED + REVIEWED)
    ours, peer = (sum(len(row[which]) for row in rows) for which in (1, 2))
    print("| kind | written | written by a list of names |\n|---|---|---|")
    for kind, left, by_list in rows:
        if left or by_list:
            print(f"| {kind} | {', '.join(left) or '-'} | {', '.join(by_list) or '-'} |")
    for each in changed:
        print(f"changed, and harmless: {each.target} {each.request.body.decode()}")
    if args.json:
        args.json.write_text(json.dumps({"values": values, "written": ours, "by_names": peer}) + "\n")
    holds = ours <= LEAK_GOAL * values and not changed
    print(
        f"{ours} of {values} planted values are written ({peer} by a list of names), "
        f"{len(HARMLESS) - len(changed)} of {len(HARMLESS)} harmless requests kept as they were; "
        f"goal: {LEAK_GOAL:.0%}, and all: {'met' if holds else 'missed'}"
    )
    return 0 if holds else 1


def _as_it_was(exchange: UnredactedExchange) -> bool:
    kept = Redactor(Redact()).kept(exchange)
    if not isinstance(kept, Exchange) or kept.request.target != exchange.target:
        return False
    body = exchange.request.body.decode()
    same = json.loads(kept.request.body) == json.loads(body) if body[:1] == "{" else kept.request.body == body
    return same and kept.request.fields == exchange.request.fields


if __name__ == "__main__":
    sys.exit(main())
