"""Words that programs have for fields and routes: a name that is made of them alone is nobody's, and opens nothing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from hashlib import sha256
from typing import TypeVar

from outpace.delivery.exchanges.secret_names import ELSEWHERE, SAID, TOGETHER, parts_of

Value = TypeVar("Value")

_ROUTES = """
    about accept accepted account accounts action actions activate activation active admin all api app apple archive
    auth authorize back begin bulk button callback cancel canceled change check checkout claim clear close closed
    code codes comment comments complete completed confirm confirmation confirmed contact count create current
    dashboard decline default delete deleted detail details disable docs done download edit email enable error
    errors example exchange expired export facebook failed failure faq feed file files find forgot forgotten form
    format github gitlab google guide guides health help history home html image images import inbox index info
    introspect invitation invitations invite item items join js json key latest link linkedin list login logout mail
    management me member members message messages microsoft mobile monthly new newsletter next notification
    notifications oauth obtain oidc open options order orders otp overview owner page pages password payment
    payments paypal pdf phone policy popular post posts preference preferences preview private process product
    products profile public read recent recover recovery redirect refresh register registration reject remove renew
    report reports request requests required requirements resend reset restore result results resume retry revoke
    role roles rotate rss rule rules saml save search secure send sent session set settings setup share shared show
    sign signin signout signup sms sso start state stats status step stop strength stripe submit subscribe
    subscription success summary sync team teams terms token tokens twitter unlock unsubscribe update upload us
    usage user users validate verification verified verify version view weekly whatsapp widget widgets xml
"""
_FIELDS = """
    access amount answer answers area array at attribute attributes author authors available base body bool bundle
    cart carts categories category challenge channel child children city client clients color columns company config
    content context copy country created cursor data date day days description device display document documents
    duration edges end entries entry environment etag event events exp expiration expires extra features field
    fields filter filters first flag flags from function group groups has hash header headers height hits hour hours
    href iat icon id ids in included input instance is issued issuer job jobs jti keys kind label labels language
    languages last left length level limit line lines links load locale location map match meta metadata method
    metrics min minutes mode model modified month more names nbf node nodes note notes now number object objects of
    offset on operation organization origin output parameter parameters parent parents part parts path payload
    percent permission permissions pid place plan port position prefix previous price prices priority project
    projects properties property provider proxy quantity query question questions range rate ratio raw reason record
    records ref reference references region related relationships resource resources response rest root row rows
    scope scopes score seconds section self sequence series server service services shop short size slug snapshot
    sort source sources space stage statistics stock store string style sub subject tag tags target task tasks
    template text theme thumbnail ticket time timestamp timezone title to total totals trace track type types unit
    units unread updated uploaded uri url urls uuid valid value values variant variants verifier viewer visible
    warning warnings web week weight width window word words year zone
"""
_OF_ROUTES = frozenset(_ROUTES.split())
_WORDS = _OF_ROUTES.union(_FIELDS.split(), SAID, ELSEWHERE, *TOGETHER)
_NAME = re.compile(r"[A-Za-z_$@][\w.$:\[\]-]{0,60}", re.ASCII)
_SEGMENT = re.compile(r"[A-Za-z0-9]{0,20}(?:[-_.][A-Za-z0-9]{0,20}){0,4}")
MOST_DIGITS = 3
TAG = "~"


def is_route(segment: str) -> bool:
    """`new`, `change-password`, `done.html`, `v2`; and the number of a thing among few."""
    if not _SEGMENT.fullmatch(segment):
        return False
    parts = [part.lower() for part in re.split(r"[-_.]", segment)]
    return all(part in _OF_ROUTES or part.removeprefix("v").isdigit() or not part for part in parts) and (
        sum(each.isdigit() for each in segment) <= MOST_DIGITS
    )


def told_name(name: str) -> str:
    """Of a field of an answer. What is of no program's words may say who somebody is: what is kept of it finds it again
    among a few, and one name in 256 has the same."""
    known = _NAME.fullmatch(name) and all(part in _WORDS or len(part) == 1 for part in parts_of(name))
    return name if known else TAG + sha256(name.encode("utf-8", "replace")).hexdigest()[:2]


def by_told_name(values: Mapping[str, Value]) -> dict[str, Value]:
    """Without those that cannot be told apart."""
    counts = Counter(map(told_name, values))
    return {told_name(name): value for name, value in values.items() if counts[told_name(name)] == 1}
