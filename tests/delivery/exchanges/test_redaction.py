"""What of an exchange may be kept: a planted secret never is, wherever and however it is written."""

from __future__ import annotations

import base64
import gzip
import html
import json
import re
import time
import zlib
from datetime import UTC, datetime
from urllib.parse import quote, quote_plus, urlencode

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outpace.delivery.exchanges.exchange import Exchange, Fields, NotKept, UnredactedExchange, UnredactedMessage
from outpace.delivery.exchanges.placeholders import PLACEHOLDER, luhn
from outpace.delivery.exchanges.redaction import Redactor
from outpace.delivery.exchanges.texts import spellings
from outpace.model.edge import Redact

AT = datetime(2026, 11, 27, tzinfo=UTC)
FORM = "application/x-www-form-urlencoded"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI0MiJ9.c2lnbmF0dXJlb2Z0aGlz"
KEY = "-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA7\n-----END RSA PRIVATE KEY-----"


def seen(
    target: str = "/",
    *,
    method: str = "GET",
    fields: Fields = (),
    body: bytes = b"",
    kind: str = "",
    answered: Fields = (),
    answer: bytes = b"",
    answer_kind: str = "",
    address: str = "192.0.2.7",
) -> UnredactedExchange:
    return UnredactedExchange(
        method=method,
        target=target,
        authority="shop.example",
        status=200,
        request=UnredactedMessage(fields=(*fields, ("content-type", kind)) if kind else fields, body=body),
        response=UnredactedMessage(
            fields=(*answered, ("content-type", answer_kind)) if answer_kind else answered, body=answer
        ),
        at=AT,
        address=address,
    )


def kept(exchange: UnredactedExchange, redactor: Redactor | None = None) -> Exchange:
    found = (redactor or Redactor(Redact())).kept(exchange)
    assert isinstance(found, Exchange), found
    return found


def why(exchange: UnredactedExchange, redactor: Redactor | None = None) -> str:
    found = (redactor or Redactor(Redact())).kept(exchange)
    assert isinstance(found, NotKept), found
    return found.why


def is_absent(secret: str, exchange: UnredactedExchange, declared: Redact | None = None) -> bool:
    """From all that would be written, in every spelling; not kept at all is absent, too."""
    found = Redactor(declared or Redact()).kept(exchange)
    written = msgspec.json.encode(found).decode()
    whole = written + "\n".join(_strings(msgspec.to_builtins(found)))
    return not [spelled for spelled, _ in spellings(secret) if spelled in whole]


def _strings(value: object) -> list[str]:
    match value:
        case str():
            return [value]
        case dict():
            return [each for pair in value.items() for part in pair for each in _strings(part)]
        case list() | tuple():
            return [each for part in value for each in _strings(part)]
        case _:
            return []


def test_a_request_that_says_nothing_about_anybody_is_kept_as_it_was() -> None:
    target = "/products/17;v=2?page=2&sort=-price&day=2026-11-27&filter=a%2Cb&next=%2Fcart%3Fpage%3D2&flag"
    body = {"items": [{"sku": "TEA-12", "price": 3.5, "gift": None}], "id": "0b8f3a52-6a0e-4c0e-9d2f-5d1f0c1e2a3b"}
    fields = (("accept", "text/html;q=0.9"), ("user-agent", "Mozilla/5.0 (X11)"), ("x-shop", "a"), ("x-shop", "b"))
    found = kept(seen(target, fields=fields, method="POST", body=json.dumps(body).encode(), kind="application/json"))
    assert found.request.target == target
    assert found.request.fields == (*fields, ("content-type", "application/json"))
    assert json.loads(found.request.body) == body


def test_of_an_answer_nothing_is_kept_but_placeholders_of_what_a_later_request_may_carry() -> None:
    redactor = Redactor(Redact())
    user = {"name": "Ada Lovelace", "born": 1815, "d41d8cd98f00b204e9800998ecf8427e": 1}
    body = {"user": user, "ada@love.example": 1, "next": [{"token": "8sdf7Gh2jkl"}]}
    answered = (("location", "/users/ada"), ("x-next", "8sdf7Gh2jkl"))
    found = kept(seen(answered=answered, answer=json.dumps(body).encode(), answer_kind="application/json"), redactor)
    asked = kept(seen(fields=(("x-csrf-token", "8sdf7Gh2jkl"),)), redactor)
    ((_, token),) = asked.request.fields
    told = json.loads(found.response.body)
    assert told["next"] == [{"token": token}]
    assert told["user"].keys() == {"name"}
    assert told.keys() == {"user", "next"}
    assert all(PLACEHOLDER.fullmatch(value) for _, value in found.response.fields)
    page = b"<p>Ada Lovelace</p><input type=hidden name=csrf value=8sdf7Gh2jkl>"
    assert kept(seen(answer=page, answer_kind="text/html"), redactor).response.body == (
        f'<input name="csrf" value="{token}">'
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("q", "Ada Lovelace"),
        ("note", "left the keys with the neighbor"),
        ("x", "hunter22x"),
        ("at", "203.0.113.77"),
        ("ip", "81.2.69.7"),
        ("reach", "020 7946 0958"),
        ("Kennwort", "geheim"),
        ("contraseña", "clave"),
        ("пароль", "slovo"),
        ("pаssword", "a Cyrillic letter in its name"),
        ("shipping_address", "Abbey-Road"),
        ("login", "adalovelace"),
        ("code", "4/0AX4XfWh"),
    ],
)
def test_what_may_be_somebodys_is_replaced_in_a_query_a_form_a_document_and_beside_its_name(
    name: str, value: str
) -> None:
    pairs = urlencode({name: value})
    labeled = [{"name": name, "value": value}] if name not in {"login", "code", "shipping_address"} else []
    document = {"rows": [{name: [value]}], "labeled": labeled, "packed": json.dumps({name: value})}
    for exchange in (
        seen(f"/a?{pairs}"),
        seen(method="POST", kind=FORM, body=pairs.encode()),
        seen(method="POST", kind="application/json", body=json.dumps(document).encode()),
        seen(method="POST", kind="text/csv", body=f"id,{name}\n1,{value}\n".encode()),
    ):
        assert is_absent(value, exchange)
    assert not is_absent(value, seen(f"/a?{urlencode({'kept': value})}"), Redact(keep=("kept",)))


@pytest.mark.parametrize(
    ("secret", "exchange"),
    [
        ("Lovelace", seen("/search?Ada+Lovelace+Berlin")),
        ("Lovelace", seen("/search?q=Lovelace,Ada")),
        ("Lovelace", seen(method="POST", kind=FORM, body=b"Ada Lovelace lives at 12 Elm Street")),
        ("Lovelace", seen(method="POST", kind=FORM, body=b"Ada+Lovelace=1")),
        ("Elm Street", seen(method="POST", kind="text/csv", body=b"Ada Lovelace,12 Elm Street\nid,1\n")),
        ("Lovelace", seen(method="POST", kind="application/json", body=b'{"Ada Lovelace, 12 Elm Street": 5}')),
        ("Hunter22xQ", seen(method="POST", kind="application/json", body=b'{"passwords": {"Hunter22xQ": true}}')),
        ("15551234567", seen(method="POST", kind="application/json", body=b'{"callback": 15551234567}')),
        ("1503901234", seen(method="POST", kind="application/json", body=b'{"cpr": [1503901234]}')),
        ("Hunter22x", seen(method="POST", kind="application/json", body=b'{"q": "ada@example.org:Hunter22x!"}')),
        ("Hunter22x", seen(method="POST", kind="application/json", body=b'{"v": "/Hunter22x!"}')),
        ("Hunter22x", seen("/a?next=/Hunter22x!/Ada")),
        ("Hunter22x", seen("/a?next=/b?c=1%23Hunter22x!")),
        ("Lovelace", seen(f"/a?{urlencode({'q': '{hello my name is Ada Lovelace, 12 Elm Street'})}")),
        ("Lovelace", seen(f"/a?{urlencode({'query': '{hello my name is Ada Lovelace, 12 Elm Street'})}")),
        ("Lovelace", seen(f"/a?{urlencode({'q': '{hello my name is Ada Lovelace}'})}")),
    ],
)
def test_what_may_be_somebodys_does_not_stay_as_a_name_a_number_or_a_part(
    secret: str, exchange: UnredactedExchange
) -> None:
    assert is_absent(secret, exchange)
    assert isinstance(Redactor(Redact()).kept(exchange), Exchange)


def test_what_stands_in_a_header_that_is_not_known_is_replaced_unless_it_is_declared() -> None:
    fields = (("x-partner", "acme-secret-77"), ("x-version", "2"), ("x-beta", "on"))
    assert is_absent("acme-secret-77", seen(fields=fields))
    assert kept(seen(fields=fields)).request.fields[1:] == fields[1:]
    assert kept(seen(fields=fields), Redactor(Redact(keep=("X-Partner",)))).request.fields == fields


def test_a_query_of_graphql_is_kept_without_its_strings() -> None:
    query = 'mutation { login(user: "ada", password: "hunter22x") { id } }'
    exchange = seen(method="POST", kind="application/json", body=json.dumps({"query": query}).encode())
    assert is_absent("hunter22x", exchange)
    told = json.loads(kept(exchange).request.body)["query"]
    assert told.startswith("mutation { login(user: ")
    assert told.endswith(") { id } }")


def test_a_comment_of_graphql_is_left_out_and_what_looks_like_one_in_a_string_is_replaced() -> None:
    query = """query { a # Ada Lovelace lives here
      b(of: "x # y") c(of: \"\"\"z # "w" \"\"\") } # hunter22x"""
    exchange = seen(method="POST", kind="application/json", body=json.dumps({"query": query}).encode())
    for secret in ("Lovelace", "hunter22x", "x # y", "w"):
        assert is_absent(f" {secret}", exchange)
    told = json.loads(kept(exchange).request.body)["query"]
    assert re.sub(r"redacted-\w{16}|\s+", "", told) == 'query{ab(of:"")c(of:"")}'


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Authorization", "Bearer 8sdf7Gh2jkl"),
        ("Authorization", "Basic " + base64.b64encode(b"alice:8sdf7Gh2jkl").decode()),
        ("Cookie", "sid=8sdf7Gh2jkl; theme=dark"),
        ("Cookie", "8sdf7Gh2jkl"),
        ("Proxy-Authorization", "8sdf7Gh2jkl"),
        ("X-Api-Key", "8sdf7Gh2jkl"),
        ("x-amz-security-token", "8sdf7Gh2jkl"),
        ("Referer", "https://u:8sdf7Gh2jkl@shop.example/a?token=8sdf7Gh2jkl#access_token=8sdf7Gh2jkl"),
        ("Referer", "/login?next=" + quote("/x?password=" + quote("8sdf7Gh2jkl"))),
        ("X-Note", "password=8sdf7Gh2jkl"),
        ("X-Note", '{"token": "8sdf7Gh2jkl"}'),
        ("8sdf7Gh2jkl@mail.example", "x"),
    ],
)
def test_no_secret_of_a_header_is_left(name: str, value: str) -> None:
    twice = ((name, value), (name.upper(), value))
    assert is_absent("8sdf7Gh2jkl", seen(fields=twice, answered=twice))


def test_a_cookie_keeps_its_name_and_equal_values_stay_equal() -> None:
    redactor = Redactor(Redact())
    first = kept(seen("/login", answered=(("Set-Cookie", "sid=8sdf7Gh2; Path=/; HttpOnly; Domain=a.b"),)), redactor)
    second = kept(seen("/account", fields=(("Cookie", "sid=8sdf7Gh2; theme=x81jdn2"),)), redactor)
    placeholder = first.response.fields[0][1]
    assert second.request.fields[0][1].partition("; ")[0] == placeholder
    assert PLACEHOLDER.fullmatch(placeholder.removeprefix("sid="))
    assert first.client == second.client


def test_another_recording_has_other_placeholders_and_clients() -> None:
    exchange = seen("/account?token=8sdf7Gh2")
    one, other = kept(exchange), kept(exchange)
    assert one.request.target != other.request.target
    assert one.client != other.client


def test_a_placeholder_has_the_shape_of_what_it_stands_for() -> None:
    values = {
        "email": "alice@mail.example",
        "session": "550e8400-e29b-41d4-a716-446655440000",
        "pin": 4711,
        "token_weight": 1.5,
        "card": "4111 1111 1111 1111",
        "note": "4111 1111 1111 1111",
        "number": 4111111111111111,
        "password": True,
    }
    exchange = kept(seen(method="POST", body=json.dumps(values).encode(), kind="application/json"))
    told = json.loads(exchange.request.body)
    assert list(told) == list(values)
    assert told["email"].endswith("@example.invalid")
    assert len(told["session"]) == 36
    assert isinstance(told["pin"], int)
    assert isinstance(told["token_weight"], float)
    assert luhn(told["note"]) % 10 == 0
    assert isinstance(told["number"], int)
    assert told["password"] is True
    assert not {json.dumps(each) for each in values.values() if each is not True} & {
        json.dumps(each) for each in told.values()
    }


@pytest.mark.parametrize("coding", ["gzip", "deflate", "raw deflate"])
def test_a_packed_body_is_unpacked_before_it_is_looked_at(coding: str) -> None:
    plain = json.dumps({"token": "8sdf7Gh2jkl", "page": 3}).encode()
    raw = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    packed = {"gzip": gzip.compress(plain), "deflate": zlib.compress(plain)}.get(coding) or raw.compress(
        plain
    ) + raw.flush()
    fields = (("content-encoding", coding.rsplit(maxsplit=1)[-1]),)
    exchange = seen(method="POST", fields=fields, body=packed, kind="application/json")
    assert json.loads(kept(exchange).request.body)["page"] == 3
    assert is_absent("8sdf7Gh2jkl", exchange)


BOMB = gzip.compress(b"a" * 50_000_000, mtime=0)
DEEP = b"[" * 30_000 + b"]" * 30_000
XML = b'<?xml version="1.0"?><a>x</a>'


@pytest.mark.parametrize(
    ("fields", "body", "reason"),
    [
        ({"content-encoding": "br"}, b"x", "a body is in an encoding that is not read"),
        ({"content-encoding": "gzip"}, BOMB, "a body is too long once it is unpacked"),
        ({"content-encoding": "gzip"}, b"nonsense", "a packed body cannot be unpacked"),
        ({"content-encoding": "gzip"}, gzip.compress(b"a", mtime=0)[:-4], "a packed body cannot be unpacked"),
        ({"content-type": "application/json"}, DEEP, "a body is nested too deeply"),
        ({"content-type": "application/json"}, b'{"a": 1', "a body says that it is JSON, and is not"),
        ({"content-type": "application/json"}, b'{"a": 1, "a": 2}', "a body names a field twice"),
        ({"content-type": "application/json"}, b"9" * 5000, "a body says that it is JSON, and is not"),
        ({"content-type": "application/json"}, b'"\xff\xfe"', "a body is no text"),
        ({"content-type": "text/html; charset=utf-16"}, b"x", "a body is in a character set that is not read"),
        ({"content-type": "image/png"}, b"\x89PNG", "a body is no text"),
        ({"content-type": "application/grpc"}, b"x", "a body is no text"),
        ({"content-type": "text/plain"}, b"a\0b", "a body is no text"),
        ({"content-type": "text/xml"}, b"<a/>", "a body is XML, which is not read"),
        ({"content-type": "text/plain"}, XML, "a body is XML, which is not read"),
        ({"content-type": "text/plain"}, b"a" * 70_000, "a body is too long"),
        ({"content-type": "text/event-stream"}, b"data: x", "an answer is a stream of events"),
        ({"content-type": "multipart/mixed; boundary=x"}, b"--x\r\n", "a body has parts that are not read"),
    ],
)
def test_what_cannot_be_read_is_not_kept_and_the_reason_says_nothing_of_it(
    fields: dict[str, str], body: bytes, reason: str
) -> None:
    before = time.process_time()
    assert why(seen(method="POST", fields=tuple(fields.items()), body=body)) == reason
    assert kept(seen(answered=tuple(fields.items()), answer=body)).response.body == ""
    assert time.process_time() - before < 5


def test_a_form_with_a_file_is_not_kept_and_one_with_fields_is() -> None:
    field = '--b1\r\nContent-Disposition: form-data; name="{}"\r\n\r\n{}\r\n'
    file = '--b1\r\nContent-Disposition: form-data; name="f"; filename="a.txt"\r\n\r\nx\r\n'
    kind = "multipart/form-data; boundary=b1"
    fields = field.format("city", "Bern") + field.format("password", "8sdf7Gh2jkl")
    found = kept(seen(method="POST", kind=kind, body=(fields + "--b1--\r\n").encode()))
    assert found.request.body.startswith(field.format("city", "Bern"))
    assert "8sdf7Gh2jkl" not in found.request.body
    assert why(seen(method="POST", kind=kind, body=(fields + file + "--b1--\r\n").encode())).startswith("a file is")


def test_declared_headers_fields_and_patterns_are_redacted() -> None:
    declared = Redact(headers=("X-Customer",), fields=("badge",), patterns=(r"\bC-\d{6}\b",))
    exchange = seen(
        "/badges/C-123456?Badge=zebra-zebra",
        fields=(("x-customer", "zebra-zebra"),),
        answer=b'{"a": {"badge": ["zebra-zebra", {"x": "zebra-zebra"}]}, "of": "C-123456"}',
        answer_kind="application/json",
    )
    assert is_absent("zebra-zebra", exchange, declared)
    assert is_absent("C-123456", exchange, declared)
    assert not is_absent("C-123456", exchange, Redact(keep=("badge",)))


@pytest.mark.parametrize("pattern", ["(a+)+b", "(a|aa)+b", "(?:a*)*", "(a{1,9}){2,}", "a+b+c+d+", "(", "a" * 2000])
def test_a_declared_pattern_that_could_take_without_end_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match="redact"):
        Redactor(Redact(patterns=(pattern,)))


def test_a_secret_is_replaced_where_nothing_says_that_it_is_one() -> None:
    page = b"<p>Your password is hunter-22, we said: hunter-22</p>"
    exchange = seen("/p", method="POST", kind=FORM, body=b"password=hunter-22", answer=page, answer_kind="text/html")
    assert is_absent("hunter-22", exchange)
    echoed = seen("/p?of=hunter-22", method="POST", kind=FORM, body=b"password=hunter-22")
    assert kept(echoed).request.target.startswith("/p?of=redacted-")


def test_who_asked_is_left_out() -> None:
    exchange = seen(fields=(("x-forwarded-for", "192.0.2.99"), ("x-real-ip", "192.0.2.99")), address="192.0.2.99")
    assert is_absent("192.0.2.99", exchange)
    assert kept(exchange).request.fields == ()


@pytest.mark.parametrize(
    "text",
    [
        "a@" * 30_000,
        "eyJ" * 20_000,
        "1 " * 30_000,
        "%25" * 20_000,
        "-----BEGIN RSA PRIVATE KEY-----" * 2_000,
        "://" * 20_000,
        "<a " * 20_000,
        "a=" * 30_000,
        "A" * 60_000,
        "&amp;" * 12_000,
        "aA1" * 20_000,
        "x=\\" * 15_000,
        f"<input {'a' * 3_980}>" * 16,
        '\\"' * 30_000,
        '"a' * 30_000,
        '"""' * 20_000,
        '[{"' * 20_000,
    ],
)
def test_text_that_is_made_to_hold_up_a_reader_does_not(text: str) -> None:
    before = time.process_time()
    redactor = Redactor(Redact(patterns=(r"\d+-\d+",)))
    redactor.kept(seen(answer=text.encode(), answer_kind="text/plain"))
    redactor.kept(seen(fields=(("user-agent", text[:60_000]),)))
    query = json.dumps({"query": f"query {{ {text[:25_000]} }}"}).encode()
    redactor.kept(seen(method="POST", kind="application/json", body=query))
    assert time.process_time() - before < 8


@pytest.mark.parametrize(
    "agent",
    [
        r"\ud800pa\u0073sword=8sdf7Gh2jkl",
        r"\udc80 \ud800t\u006fken=8sdf7Gh2jkl",
        r"\ud83d\ude00 t\u006fken=8sdf7Gh2jkl",
    ],
)
def test_half_a_character_ends_no_recording(agent: str) -> None:
    exchange = seen(fields=(("user-agent", agent),))
    assert is_absent("8sdf7Gh2jkl", exchange)
    assert kept(exchange).request.fields[0][0] == "user-agent"


def test_what_no_file_of_text_holds_is_not_kept() -> None:
    exchange = seen(method="POST", kind="application/json", body=rb'{"q": "\ud800"}')
    assert why(exchange, Redactor(Redact(keep=("q",)))) == "a body or a header is no text"


def test_an_exchange_of_many_secrets_is_not_kept() -> None:
    body = json.dumps({"passwords": [f"{number:06}x" for number in range(5_000)]}).encode()
    told = why(seen(method="POST", body=body, kind="application/json"))
    assert told == "an exchange has more secrets than can be looked for"


SECRET = st.from_regex(r"[a-zA-Z0-9!$*+/=&%\"'<> äß€]{0,6}[A-Z][0-9][a-z]{4}[0-9][A-Z]{2}", fullmatch=True)
NAME = st.sampled_from(
    ["password", "passwd", "user[password]", "X-Api-Key", "apiKey", "access_token", "session_id", "csrfmiddlewaretoken",
     "cardNumber", "iban", "SSN", "client_secret", "refreshToken", "Email", "phone_number", "first_name"]
)  # fmt: skip
PATTERNED = st.sampled_from(
    [
        "alice.o'hara+x@mail.example.co",
        "4111111111111111",
        "5500-0000-0000-0004",
        JWT,
        KEY,
        "AKIAIOSFODNN7EXAMPLE",
        "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
        "GB82WEST12345698765432",
        "+49 151 2345 6789",
        "078-05-1120",
    ]
)


@st.composite
def nested(draw: st.DrawFn, secret: str, name: str) -> object:
    """A document with the secret in a field of that name, at any depth."""
    found: object = draw(
        st.sampled_from([{name: secret}, {name: [secret]}, {name: {"x": secret}}, {"q": f"{name}={quote(secret)}"}])
    )
    for _ in range(draw(st.integers(0, 4))):
        found = draw(
            st.sampled_from(
                [
                    [1, found],
                    {"a": found, "b": None},
                    {"text": json.dumps(found)},
                    {"text": json.dumps(found, ensure_ascii=False)},
                ]
            )
        )
    return found


@st.composite
def planted(draw: st.DrawFn, secret: str, name: str) -> UnredactedExchange:
    document = draw(nested(secret, name))
    as_json = json.dumps(document, ensure_ascii=draw(st.booleans()))
    plus = draw(
        st.sampled_from([quote_plus, lambda text: quote(text, safe=""), lambda text: quote(quote(text, safe=""))])
    )
    pair = f"{quote(name)}={plus(secret)}"
    page = f'<form><input type=hidden name="{name}" value="{html.escape(secret)}"></form>'
    script = f"<script>var config = {as_json};</script>"
    part = f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{secret}\r\n--b--\r\n'
    ascii_json = as_json.encode("ascii", "backslashreplace").decode()
    packed = (("Content-Encoding", "gzip"),)
    places = [
        lambda: seen(f"/a?x=1&{pair}&{pair}"),
        lambda: seen(f"/a?next={quote('/b?' + pair, safe='')}"),
        lambda: seen("/a?" + urlencode({"filter": as_json})),
        lambda: seen(method="POST", kind=FORM, body=f"x=1&{pair}".encode()),
        lambda: seen(method="POST", kind="application/json", body=as_json.encode()),
        lambda: seen(method="POST", kind="text/plain", body=as_json.encode()),
        lambda: seen(answer=gzip.compress(as_json.encode()), answer_kind="application/vnd.api+json", answered=packed),
        lambda: seen(answer=page.encode(), answer_kind="text/html; charset=utf-8"),
        lambda: seen(fields=(("x-context", ascii_json),)),
        lambda: seen(answered=(("location", f"/cb#{pair}"), ("location", f"https://a.example/?{pair}"))),
        lambda: seen(method="POST", kind="multipart/form-data; boundary=b", body=part.encode()),
        lambda: seen(answer=script.encode(), answer_kind="text/html"),
    ]
    return draw(st.sampled_from(places))()


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_a_secret_in_a_field_that_is_called_one_is_never_written(data: st.DataObject) -> None:
    secret = data.draw(SECRET)
    assert is_absent(secret, data.draw(planted(secret, data.draw(NAME))))


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_what_looks_like_a_secret_is_never_written_whatever_it_is_called(data: st.DataObject) -> None:
    secret = data.draw(PATTERNED)
    assert is_absent(secret, data.draw(planted(secret, data.draw(st.sampled_from(["note", "q", "x"])))))


@pytest.mark.parametrize("secret", ["alice@mail.example", "4111111111111111", JWT, "AKIAIOSFODNN7EXAMPLE"])
def test_what_looks_like_a_secret_is_found_in_paths_and_keys_and_packed_text(secret: str) -> None:
    packed = base64.b64encode(f"who: {secret}; what: x".encode()).decode()
    assert is_absent(secret, seen(f"/users/{secret}/orders"))
    assert is_absent(secret, seen(f"/users/{quote(quote(secret, safe=''))}"))
    assert is_absent(secret, seen(answer=json.dumps({secret: 1, "x": packed}).encode(), answer_kind="application/json"))
    assert packed not in kept(seen(f"/x?state={quote(packed, safe='')}")).request.target
    assert is_absent(secret, seen("/x", answer=f"a,b\n1,{secret}\n".encode(), answer_kind="text/csv"))


def test_what_stands_behind_the_name_of_a_secret_in_a_path_is_one() -> None:
    assert is_absent("8sdf7Gh2jkl", seen("/reset-password/8sdf7Gh2jkl/form"))
    assert is_absent("8sdf7Gh2jkl", seen("/shop;jsessionid=8sdf7Gh2jkl"))


@pytest.mark.parametrize(
    "path",
    [
        "/reset-password/{}",
        "/invite/{}",
        "/invite/accept/{}",
        "/share/{}/comments",
        "/api/token/{}",
        "/tokens/{}",
        "/password/{}",
        "/magic/{}",
        "/unsubscribe/{}",
        "/2fa/{}",
        "/verify/email/{}",
    ],
)
@pytest.mark.parametrize(
    "secret", ["kqzvmwptrxlq", "tulipan", "sunshine", "kate-miller", "ab12c", "48391", "8sdf7Gh2jkl", "wort"]
)
def test_what_opens_something_in_a_path_does_not_stay_also_where_it_is_a_word(path: str, secret: str) -> None:
    exchange = seen(path.format(secret), fields=(("referer", f"https://shop.example{path.format(secret)}"),))
    assert is_absent(secret, exchange)
    assert is_absent("MQxx", seen(f"/reset/MQxx/{secret}"))
    assert kept(exchange).request.target.endswith("/comments") == path.endswith("/comments")


@pytest.mark.parametrize(
    "path",
    [
        "/session/new",
        "/password/reset/done/",
        "/accounts/password/change",
        "/api/v2/token/refresh",
        "/oauth/token/revoke",
        "/verify/email/resend",
        "/invitations/17/accept",
        "/share/3/comments.json",
        "/auth/google/callback",
        "/services/consulting",
        "/feed/stories",
        "/cards/1234/transactions",
        "/mobile/catalog",
        "/join/team",
        "/settings/secrets/actions",
    ],
)
def test_the_words_of_routes_stay_behind_the_name_of_a_secret(path: str) -> None:
    assert kept(seen(path)).request.target == path


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("q", "612345678"),
        ("q", "61234567"),
        ("phone_or_so", "612345678"),
        ("user_id", "612345678"),
        ("mfa", "483920"),
        ("mfa", "4839"),
        ("2fa", "483920"),
        ("mfaCode", "ab12c9"),
        ("two_factor_code", "483920"),
        ("sms_code", "483920"),
    ],
)
def test_a_number_of_a_person_and_a_second_factor_do_not_stay(name: str, value: str) -> None:
    assert is_absent(value, seen(f"/a?{name}={value}"))
    assert is_absent(value, seen(method="POST", kind=FORM, body=f"{name}={value}".encode()))
    for told in [value, int(value)] if value.isdigit() else [value]:
        assert is_absent(value, seen(method="POST", kind="application/json", body=json.dumps({name: told}).encode()))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("id", "612345678"),
        ("order_ids", "61234567"),
        ("amount", "612345678"),
        ("q", "6123456"),
        ("from", "20261127"),
        ("mfa", "sms"),
        ("mfa_required", "1"),
        ("title_fa", "6123456"),
    ],
)
def test_the_number_of_a_thing_and_the_kind_of_a_second_factor_stay(name: str, value: str) -> None:
    document = json.dumps({name: int(value) if value.isdigit() else value}).encode()
    assert kept(seen(f"/a?{name}={value}")).request.target == f"/a?{name}={value}"
    body = kept(seen(method="POST", kind="application/json", body=document)).request.body
    assert json.loads(body) == json.loads(document)
