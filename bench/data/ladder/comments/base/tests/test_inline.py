from inline import bare, inline, link, mention, plain, shown


def test_text_is_escaped():
    assert inline("a < b && b > c") == "a &lt; b &amp;&amp; b &gt; c"


def test_marks():
    assert inline("*so* **very** `a*b*c`") == "<em>so</em> <strong>very</strong> <code>a*b*c</code>"


def test_stars_that_are_no_marks():
    assert inline("2 * 3 * 4") == "2 * 3 * 4"


def test_links():
    assert inline("see [the *docs*](/docs?a=1&b=2)") == (
        'see <a href="/docs?a=1&amp;b=2" rel="nofollow ugc">the <em>docs</em></a>'
    )
    assert inline('[x](https://example.org/a_(b) "An example")') == (
        '<a href="https://example.org/a_(b)" title="An example" rel="nofollow ugc">x</a>'
    )


def test_addresses_from_a_source():
    assert 'href="/s?a=1&amp;b=2"' in link("x", "/s?a=1&amp;b=2")


def test_scripts_are_no_links():
    assert inline("[press](javascript:alert(1))") == "press"


def test_bare_addresses():
    assert inline("at https://www.example.org/a, or not") == (
        'at <a href="https://www.example.org/a" rel="nofollow ugc">example.org/a</a>, or not'
    )
    assert bare("http://e.org/x).").endswith("</a>).")


def test_long_addresses_are_cut():
    assert len(shown("https://example.org/" + "a" * 60)) == 40


def test_mentions():
    assert mention("Ann") == '<a class="mention" href="/people/ann">@Ann</a>'
    assert inline("mail ann@example.org") == "mail ann@example.org"


def test_plain():
    assert plain("**a** [b](/c) `d`") == "a b d"
