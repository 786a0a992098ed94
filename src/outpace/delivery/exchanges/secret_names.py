"""Names of fields and headers whose values are secrets or say who somebody is, however they are spelled."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import unquote

_PARTS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")
SAID = frozenset(
    [
        "password",
        "passwd",
        "pwd",
        "passphrase",
        "passcode",
        "secret",
        "token",
        "apikey",
        "session",
        "sessionid",
        "sid",
        "jsessionid",
        "phpsessid",
        "csrf",
        "xsrf",
        "csrftoken",
        "csrfmiddlewaretoken",
        "xsrftoken",
        "nonce",
        "otp",
        "totp",
        "pin",
        "cvv",
        "cvc",
        "credential",
        "credentials",
        "authorization",
        "auth",
        "bearer",
        "jwt",
        "signature",
        "cookie",
        "card",
        "cardnumber",
        "pan",
        "iban",
        "bic",
        "ssn",
        "nino",
        "passport",
        "taxid",
        "email",
        "mail",
        "phone",
        "telephone",
        "mobile",
        "fax",
        "birthday",
        "birthdate",
        "dob",
        "firstname",
        "lastname",
        "surname",
        "fullname",
        "username",
        "street",
        "iv",
        "salt",
        "accesstoken",
        "refreshtoken",
        "idtoken",
        "privatekey",
        "secretkey",
        "accesskey",
        "sessiontoken",
        "authtoken",
        "newpassword",
        "oldpassword",
        "samlresponse",
        "samlrequest",
    ]
)
"""One part of a name that is enough: `user_password`, `X-Auth-Token`, `cardNumber`."""
ELSEWHERE = frozenset(
    [
        "nazwisko", "imie", "sukunimi", "etunimi", "fornavn", "etternavn", "fornamn", "efternamn", "jmeno", "prijmeni",
        "soyad", "soyadi", "isim", "sifre", "parol", "jelszo", "nev", "osoite", "puhelin", "telefoon", "telefono",
        "pass", "pw", "sig", "hmac", "mnemonic", "seed", "passwort", "kennwort", "geheim", "motdepasse",
        "contrasena", "clave", "senha", "wachtwoord", "haslo", "heslo", "parola", "salasana", "losenord", "vorname",
        "nachname", "geburtsdatum", "strasse", "anschrift", "plz", "postleitzahl", "telefon", "handy", "prenom",
        "adresse", "courriel", "naissance", "nombre", "apellido", "apellidos", "direccion", "correo", "telefono",
        "nacimiento", "nome", "cognome", "sobrenome", "endereco", "voornaam", "achternaam", "personnummer", "cpf",
        "cnpj", "dni", "nif", "nie", "bsn", "pesel", "steuernummer", "codicefiscale", "aadhaar", "givenname",
        "familyname", "middlename", "maidenname", "nickname", "nick", "handle", "login", "user", "owner", "name",
        "postcode", "zip", "zipcode", "address", "addr", "remoteaddr", "clientip", "lat", "lon", "lng", "latitude",
        "longitude", "geo", "salary", "income", "gender", "religion", "birth", "tel", "cell", "msisdn", "imei",
        "expiry", "sortcode", "accountno", "routing", "swift", "recipient", "sender", "contact", "maiden",
    ]
)  # fmt: skip
"""One part of a name that is enough in a request, unless a short number stands there, which may count something."""
LINKS = frozenset(
    [
        "confirm", "confirmation", "invite", "invitation", "magic", "verify", "verification", "activate",
        "activation", "unsubscribe", "recover", "recovery", "reset", "claim", "join", "share", "optout", "password",
        "passwd", "pwd", "passphrase", "passcode", "secret", "token", "apikey", "otp", "totp", "mfa", "tfa", "pin",
        "jwt", "credential", "accesstoken", "refreshtoken", "onetime",
    ]
)  # fmt: skip
"""What stands behind such a segment of a path opens something for whoever has the address, also where it is a word."""
PERHAPS_LINKS = frozenset(["s", "webhook", "services", "feed", "ical"])
"""What stands behind these does, too, unless it is a word: `/services/consulting`, `/feed/rss`."""
TOGETHER = (
    ("api", "key"),
    ("access", "key"),
    ("private", "key"),
    ("secret", "key"),
    ("auth", "code"),
    ("security", "code"),
    ("social", "security"),
    ("tax", "id"),
    ("date", "birth"),
    ("first", "name"),
    ("last", "name"),
    ("full", "name"),
    ("account", "number"),
    ("credit", "card"),
    ("postal", "address"),
    ("ip", "address"),
    ("sms", "code"),
    ("login", "code"),
)
SECOND_FACTORS = (("mfa",), ("tfa",), ("2", "fa"), ("two", "factor"), ("multi", "factor"))
NUMBERED = frozenset(
    [
        "id", "count", "offset", "cursor", "limit", "amount", "total", "price", "cost", "size", "byte", "timestamp",
        "ts", "time", "since", "until", "before", "after", "sequence", "seq", "version", "revision", "build", "width",
        "height", "duration", "page", "min", "max",
    ]
)  # fmt: skip
"""One part of a name whose value counts something, or is the number of a thing."""
PUBLIC = frozenset(
    {"authority", "cookiepolicy", "mailto", "author", "card_id", "pagetoken", "sec-websocket-key", "session_count"}
)
ALWAYS = frozenset(
    {"authorization", "cookie", "set-cookie", "proxy-authorization", "www-authenticate", "authentication-info"}
)
CLIENTS = frozenset(
    [
        "x-forwarded-for",
        "x-real-ip",
        "forwarded",
        "true-client-ip",
        "cf-connecting-ip",
        "x-client-ip",
        "x-cluster-client-ip",
        "fastly-client-ip",
        "x-envoy-external-address",
        "x-original-forwarded-for",
        "x-forwarded-client-cert",
        "x-ssl-client-cert",
        "from",
        "remote-user",
        "x-remote-user",
        "x-forwarded-user",
        "x-forwarded-email",
    ]
)
"""Headers that say who asked: they are left out."""
LONGEST_NAME = 200


WITHIN = (
    "passwor", "passwd", "secret", "token", "apikey", "credential", "kennwort", "motdepasse", "contrasen", "wachtwoord",
    "recoverycode", "backupcode", "verificationcode", "securitycode",
)  # fmt: skip


_DIGITS_AS_LETTERS = str.maketrans("013457", "oieast")


def opens(segment: str) -> bool:
    parts = _parts(segment)
    return bool(parts & LINKS) or {"2", "fa"} <= parts or any(word in _bare(segment) for word in WITHIN)


def may_open(segment: str) -> bool:
    return bool(_parts(segment) & PERHAPS_LINKS)


def counts(name: str) -> bool:
    return bool(_parts(name) & NUMBERED)


def is_second_factor(name: str) -> bool:
    return any(set(parts) <= _parts(name) for parts in SECOND_FACTORS)


def parts_of(name: str) -> list[str]:
    """`accessToken`, `access_token`."""
    return [part.lower() for part in _PARTS.findall(name)]


class SecretNames:
    """What is always a secret, and what is declared beside it: names are compared without case, `-` and `_`."""

    def __init__(self, declared: tuple[str, ...] = ()) -> None:
        self._declared = frozenset(_bare(name) for name in declared)
        self._known: dict[str, bool] = {}

    def __call__(self, name: str) -> bool:
        found = self._known.get(name)
        if found is None:
            found = self._asked(name)
            if len(self._known) < 10_000:
                self._known[name] = found
        return found

    def may_be_a_persons(self, name: str) -> bool:
        """`login`, `vorname`, `shipping_address`: of what is no number that counts."""
        return bool(_parts(unquote(unquote(name))) & ELSEWHERE) or _bare(name) in ELSEWHERE

    def _asked(self, name: str) -> bool:
        """`user[password]` and `%70assword` are names of it, too. A name in letters that are not read here may be one
        of anything."""
        name = _latin(unquote(unquote(name)))
        if any(not each.isascii() and each.isalpha() for each in name):
            return True
        bare = _bare(name)
        if bare in self._declared or any(_bare(part) in self._declared for part in re.split(r"[\[\].]", name)):
            return True
        if name.lower() in PUBLIC:
            return False
        if len(name) > LONGEST_NAME:
            return True
        whole = _parts(name)
        if whole & SAID or bare in SAID or any(set(pair) <= whole for pair in TOGETHER):
            return True
        return any(word in told for word in WITHIN for told in (bare, bare.translate(_DIGITS_AS_LETTERS)))


def _parts(name: str) -> set[str]:
    parts = parts_of(_latin(name))
    return {part.removesuffix("s") for part in parts} | set(parts)


def _bare(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", _latin(name).lower())


def _latin(name: str) -> str:
    """Without accents, and other forms of the same letter as that letter."""
    return "".join(each for each in unicodedata.normalize("NFKD", name) if not unicodedata.combining(each))
