from blocks import body
from thread import Author, Comment, ago, article, byline, excerpt, initials, recent, thread

ANN = Author("Ann Lee")


def test_blocks():
    assert body("one\ntwo\n\n- a\n- b") == "<p>one<br>\ntwo</p>\n<ul><li>a</li><li>b</li></ul>"


def test_quotations():
    assert body("> so\n> -- Bob\n\nno") == "<blockquote title='Bob'><p>so</p></blockquote>\n<p>no</p>"


def test_code():
    assert body("```python\nif a < b:\n    *c*\n```") == (
        '<pre><code class="language-python">if a &lt; b:\n    *c*</code></pre>'
    )


def test_ago():
    assert ago(5) == "just now"
    assert ago(7300) == "2 hours ago"


def test_initials():
    assert initials("Ann Lee") == "AL"
    assert initials("bob") == "B"


def test_byline():
    assert byline(Author("Bob", "https://bob.example/", "/p/bob.png"), 60) == (
        '<header><img class="portrait" src="/p/bob.png" alt="Bob" loading="lazy"> '
        '<a class="author" href="https://bob.example/" rel="nofollow ugc">Bob</a> '
        '<span class="when">1 minute ago</span></header>'
    )


def test_article():
    assert article(Comment(3, ANN, "hi <b>")) == (
        '<article id="c3"><header><span class="initials">AL</span> Ann Lee '
        '<span class="when">just now</span></header>\n<p>hi &lt;b&gt;</p></article>'
    )


def test_thread():
    made = thread([Comment(2, ANN, "b", 20), Comment(1, ANN, "a", 10)], 30)
    assert made.startswith("<h2>2 comments</h2>")
    assert made.index('id="c1"') < made.index('id="c2"')


def test_excerpt():
    assert excerpt("> old\n\n**new** words") == "new words"
    assert excerpt("word " * 30).endswith("word\u2026")


def test_recent():
    assert recent([Comment(1, ANN, "*first*", 1)]) == (
        '<ul class="recent"><li><a href="#c1" title="first">Ann Lee</a></li></ul>'
    )
