"""YAML with anchors, as CI definitions have them: repeated only where asked, and never without a bound."""

from __future__ import annotations

import pytest

from outpace.model.yaml_text import Items, NotYaml, Pairs, Scalar, node_of

ANCHORS = """base: &base {image: python, script: [a]}
job:
  <<: *base
  script: [b]
again: [*base, {<<: [*base, {image: other, more: x}]}]
"""


def test_an_alias_stands_for_what_its_anchor_names_and_a_merge_gives_way_to_own_rows() -> None:
    whole = node_of(ANCHORS, aliases=True)
    assert isinstance(whole, Pairs)
    job, again = whole.rows["job"], whole.rows["again"]
    assert isinstance(job, Pairs)
    assert (job.text("image"), job.rows["script"]) == ("python", Items((Scalar("b", 4),), 4))
    assert isinstance(again, Items)
    assert again.nodes[0] == whole.rows["base"]
    merged = again.nodes[1]
    assert isinstance(merged, Pairs)
    assert (merged.text("image"), merged.text("more")) == ("python", "x")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("a: &a [x]\nb: &b [" + "*a," * 99 + "]\nc: &c [" + "*b," * 99 + "]\nd: [" + "*c," * 99 + "]\n", "written out"),
        ("a: *b\nb: &b 1\n", "names nothing before it"),
        ("a: &a [*a]\n", "names nothing before it"),
    ],
)
def test_what_would_grow_without_a_bound_is_refused(text: str, why: str) -> None:
    with pytest.raises(NotYaml, match=why):
        node_of(text, aliases=True)


def test_without_being_asked_no_alias_is_followed() -> None:
    with pytest.raises(NotYaml, match="not followed"):
        node_of(ANCHORS)
