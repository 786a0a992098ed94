"""Run in a changed tree: 0 where no text of a reader becomes a tag, an attribute or a script and all else reads as it did, 1 with
a sentence where not.

What comes back is read as HTML here, so that it is the same to this exam how a character is escaped. Calls run in processes of
their own, in several orders.
"""

import json
import os
import re
import secrets
import subprocess
import sys
import tempfile
from html.parser import HTMLParser
from pathlib import Path

TREE = Path.cwd().resolve()
DRIVER = """
import json, sys
tree, token, calls = json.loads(sys.stdin.read())
sys.path.insert(0, tree)
import inline, blocks, thread
from thread import Author, Comment
answers = []
for call in calls:
    try:
        answer = eval(call)
        answers.append(["value", str(answer)] if isinstance(answer, str) else ["raised", "no text: " + repr(answer)])
    except Exception as error:
        answers.append(["raised", type(error).__name__ + " " + str(error)])
sys.stdout.write("\\n" + token + json.dumps(answers) + "\\n")
"""
# The tags and attributes that the pages are made of, and what a careful change might add to them.
TAGS = {
    "a": {"class", "href", "title", "rel", "target"},
    "img": {"class", "src", "alt", "loading", "referrerpolicy", "decoding"},
    "article": {"id"}, "header": set(), "span": {"class"}, "h2": set(), "ul": {"class"}, "li": set(), "p": set(), "br": set(),
    "pre": set(), "code": {"class"}, "blockquote": {"title", "cite"}, "em": set(), "strong": set(),
}
VOID = {"br", "img"}


def fail(sentence):
    print(sentence)
    sys.exit(1)


def answers(calls):
    token = secrets.token_hex(8)
    environment = {"PATH": os.environ.get("PATH", ""), "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1", "LC_ALL": "C.UTF-8"}
    with tempfile.TemporaryDirectory(prefix="comments-exam-") as room:
        try:
            done = subprocess.run([sys.executable, "-c", DRIVER], input=json.dumps([str(TREE), token, calls]), cwd=room,
                                  capture_output=True, text=True, timeout=60, env=environment)
        except subprocess.TimeoutExpired:
            fail("a call does not end")
        if os.listdir(room):
            fail("files come while pages are made")
    lines = [line for line in done.stdout.split("\n") if line.startswith(token)]
    if len(lines) != 1 or done.returncode:
        fail("the process of a call dies: " + done.stderr[-200:])
    return json.loads(lines[0][len(token):])


class Page(HTMLParser):
    """What a page is made of, in order: tags with their attributes, and text. `faults`: what has no place in it."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.parts, self.faults, self.open = [], [], []
        self.feed(text)
        self.close()
        if self.open:
            self.faults.append(f"<{self.open[-1]}> is not closed")

    def handle_starttag(self, tag, attrs):
        names = [name for name, _ in attrs]
        if tag not in TAGS:
            self.faults.append(f"there is a tag <{tag}>")
        elif set(names) - TAGS[tag] or len(set(names)) < len(names):
            self.faults.append(f"<{tag}> has attributes {names}")
        for name, value in attrs:
            if name in ("href", "src") and active(value or ""):
                self.faults.append(f"{name} is {value!r}")
        kept = {name: (value or "").strip() for name, value in attrs if name not in ("rel", "target", "referrerpolicy", "decoding")}
        for name in ("href", "src"):
            if name in kept:
                kept[name] = kept[name].replace('"', "%22").replace("'", "%27").replace("<", "%3C").replace(">", "%3E")
        if tag == "a" and "mention" not in kept.get("class", "") and not kept.get("href", "#c").startswith("#c"):
            if not {"nofollow", "ugc"} <= set((dict(attrs).get("rel") or "").split()):
                self.faults.append("a reader's link is followed by search engines")
        self.parts.append([tag, dict(sorted(kept.items()))])
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> closes what is not open")
        self.parts.append(["/" + tag])

    def handle_data(self, data):
        if self.parts and isinstance(self.parts[-1], str):
            self.parts[-1] += data
        else:
            self.parts.append(data)

    def handle_comment(self, data):
        self.faults.append("there is a comment of HTML")

    def handle_decl(self, decl):
        self.faults.append("there is a declaration")

    unknown_decl = handle_pi = handle_decl

    @property
    def text(self):
        return "".join(each for each in self.parts if isinstance(each, str))


def active(where):
    """Whether a browser runs something where it is led there."""
    where = re.sub("[\t\n\r]", "", where.lstrip("".join(map(chr, range(33)))))
    return re.match(r"(?i)(javascript|vbscript|data|livescript|view-source|blob|filesystem|jar|feed|about):", where) is not None


def spellings():
    """Addresses that run a script, or bring a page of their own: as they come to address()."""
    found = ["javascript:alert(1)", "JavaScript:alert(1)", "JAVASCRIPT:alert(1)", "jAvAsCrIpT:alert(1)//http://example.org/",
             "javascript://example.org/%0aalert(1)", "javascript:/*http://*/alert(1)", "javascript:alert('/#?')", "javascript:%61lert(1)",
             "vbscript:msgbox(1)", "VBScript:msgbox(1)", "data:text/html,<script>alert(1)</script>", "data:text/html;base64,PHNjcmlwdD4=",
             "Data:text/html,x", "javascript:https://example.org", "javascript:mailto:a@example.org", "javajavascript:script:alert(1)",
             "javascript:javascript:alert(1)", "javascript:alert(1)\nhttp://example.org/", "javascript:alert(1)//\n/docs",
             "javascript://[alert(1)", "javascript://a]/%0aalert(1)", "javascript:alert(1)#c12", "javascript:alert(1)?http:", "DaTa:text/html,y",
             "javascript:&#97;lert(1)", "javascript:alert(1)&amp;x"]
    for mark in ("\t", "\n", "\r", "\r\n", "\t\t\n"):
        found += [f"java{mark}script:alert(1)", f"javascript{mark}:alert(1)", f"{mark}javascript:alert(1)", f"j{mark}avascript:alert(1)",
                  f"da{mark}ta:text/html,x", f"JAVA{mark}SCRIPT:alert(1)"]
    for number in (1, 2, 8, 11, 12, 14, 27, 28, 31, 32, 133, 160, 0x2003, 0x2028, 0x3000):
        found += [f"{chr(number)}javascript:alert(1)", f"{chr(number)} \x01\tJavaScript:alert(1)", f"\x01{chr(number)}javascript:alert(1)"]
    for way in ("&#106;avascript:alert(1)", "&#x6a;avascript:alert(1)", "&#X6A;avascript:alert(1)", "&#0000106avascript:alert(1)",
                "javascript&colon;alert(1)", "javascript&#58;alert(1)", "javascript&#x3a;alert(1)", "java&Tab;script:alert(1)",
                "java&NewLine;script:alert(1)", "java&#9;script:alert(1)", "java&#10;script:alert(1)", "java&#x0D;script:alert(1)",
                "&#1;javascript:alert(1)", "&#32;javascript:alert(1)", "&Tab;javascript:alert(1)", "&nbsp;javascript:alert(1)",
                "&#14;javascript&colon;alert(1)", "data&colon;text/html,x", "&#x64;ata:text/html,x", "vbscript&colon;x",
                "&#106&#97&#118&#97&#115&#99&#114&#105&#112&#116&#58alert(1)", "java&#x0000009;script&colon;alert(1)"):
        found.append(way)
    return found


def endings():
    """Texts that end an attribute or begin a tag where they are written as they are."""
    found = []
    for quote in ('"', "'", "\\\"", "\\'", "", '""', "\"'", "&quot;", "&#34;", "&#39;", "&apos;", "&#x22", "&amp;quot;"):
        for gap in (" ", "/", "\t", "", "\f"):
            found.append(f"x{quote}{gap}onmouseover={quote}alert(1)")
        found += [f"x{quote} zz9={quote}1", f"x{quote}><script>alert(1)</script>", f"x{quote}><zz9>", f"x{quote} style={quote}color:red"]
    found += ["<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "</title><svg/onload=alert(1)>", "<!-- x", "<zz9>", "</p>",
              "<SCRIPT SRC=//e.example/x.js></SCRIPT>", "<a href=javascript:alert(1)>x</a>", "&lt;script>alert(1)&lt;/script>", "<b/x",
              "<<script>alert(1)//<</script>", "<scr<script>ipt>alert(1)</scr</script>ipt>", "<?x", "<!doctype x>", "<\x00script>x</script>",
              "\"><a href='javascript:alert(1)' zz9='", "' autofocus tabindex=0 onfocus='alert(1)", "`onmouseover=alert(1)`"]
    return found


def hostile():
    """Calls with what must be read in their page."""
    calls = {}
    for each in spellings():
        calls[f"thread.byline(Author('Mallory', {each!r}), 0)"] = "Mallory"
        calls[f"thread.article(Comment(1, Author('Mallory', {each!r}, '/p.png'), 'hi'))"] = "Mallory"
        calls[f"inline.link('press', {each!r})"] = "press"
        if not set(each) & set("<>"):
            calls[f"blocks.body({'See [press](<' + each + '>) here'!r})"] = "press"
            calls[f"blocks.body({'- [press](<' + each + '>  ' + chr(34) + 'title' + chr(34) + ')'!r})"] = ""
        if not re.search(r"[\s<>]", each):
            calls[f"blocks.body({'[press](' + each + ') or'!r})"] = ""
            calls[f"blocks.body({'> *so* **[press](' + each + ')**'!r})"] = ""
            calls[f"thread.article(Comment(3, Author('M'), {'[press](' + each + ' ' + chr(34) + 'a' + chr(34) + ')'!r}))"] = ""
    for each in endings():
        texts = [f'[press](/a "{each}")', f"[press](/a{each})", f"[press](</a{each}>)", f"at http://e.org/{each} now", f"```{each}\nx\n```",
                 f"``` {each}", f"> so\n> -- {each}", f"> > so\n> > -- {each}\n>\n> -- {each}", f"[{each}](/a)", f"`{each}`", f"*{each}*",
                 f"**{each}**", f"@{each}", f"- {each}\n- [{each}](/x \"{each}\")", f"HTTPS://e.org/a?{each}", each, f"```\n{each}\n```",
                 f"[press](http://e.org/{each} \"a\")", f"@ann{each}", f"[**{each}**](/a)", f"http://e.org/({each})"]
        for text in texts:
            calls[f"blocks.body({text!r})"] = ""
        for text in texts[:4] + texts[-6:-5]:
            calls[f"thread.recent([Comment(1, Author('Bob'), {text!r})])"] = "Bob"
        calls[f"thread.recent([Comment(1, Author({each!r}), {each!r}), Comment(2, Author('Bob'), {each + ' ' * 2 + each!r})])"] = "Bob"
        calls[f"thread.article(Comment(1, Author({each!r}), 'hi there'))"] = "hi there"
        calls[f"thread.article(Comment(1, Author({each!r}, {'/a' + each!r}, {'/p' + each!r}), 'hi there'))"] = "hi there"
        calls[f"thread.thread([Comment(1, Author('Bob', {'https://e.org/' + each!r}, {each!r}), {each!r}), Comment(2, Author('Ann'), 'yes')], 5)"] = "yes"
        calls[f"inline.link('press', {'/x' + each!r}, {each!r})"] = "press"
        calls[f"inline.bare({'http://e.org/' + each!r})"] = ""
        calls[f"blocks.fence(['x = 1'], {each!r})"] = "x = 1"
    return calls


def followed():
    """Addresses that go on leading somewhere, and where."""
    same = ["#c12", "#", "?page=2", "?a=b:c", "docs/a.html", "a/b:c", "./Talk:Page", "../up", "/wiki/Help:Contents", "//cdn.example/x", "/",
            "mailto:ann@example.org", "MAILTO:ann@example.org", "mailto:ann@example.org?subject=a%20b", "HTTPS://Example.org/", "Http://e.org",
            "ftp://example.org/f", "http://e.org:8080/a", "https://e.org/?u=javascript:x", "/javascript:guide", "?q=javascript:1",
            "#javascript:x", "/data:x", "https://e.org/a%20b", "https://e.org/%2522", "https://ann:pw@e.org/", "http://[::1]/a", "/caf\u00e9",
            "https://b\u00fccher.example/\u65e5\u672c", "/typescript:x", "http://e.org/a;b,c=d+e~f!g$h@i*j", "https://e.org/onclick=x",
            "docs", "http.html", "javascript.html", "javascript", "data/x", "#x&y", "/a?b=1&c=2", "https://e.org/?q='a'", "http://e.org/" + "a" * 900,
            "/a?x=%3Cscript%3E", "https://e.org/?q=\"a\"", "https://e.org/a'b", "%2e/x", "ftp.example.org", "https://e.org/#!/a/b"]
    return {each: each for each in same}


def legitimate():
    """Calls with the pages that they give, as parts."""
    good = {}
    for each, where in followed().items():
        link = [["a", {"href": where.replace('"', "%22").replace("'", "%27")}], "x", ["/a"]]
        good[f"inline.link('x', {each!r})"] = link
        good[f"blocks.body({'[x](' + each + ')'!r})"] = [["p", {}], *link, ["/p"]]
        good[f"blocks.body({'[x](<' + each + '>)'!r})"] = [["p", {}], *link, ["/p"]]
        named = [["a", {"class": "author", **link[0][1]}], "Bo", ["/a"]]
        good[f"thread.byline(Author('Bo', {each!r}), 0)"] = [
            ["header", {}], ["span", {"class": "initials"}], "B", ["/span"], " ", *named, " ", ["span", {"class": "when"}], "just now",
            ["/span"], ["/header"]]
    good["blocks.body('[x](/s?a=1&amp;b=2)')"] = [["p", {}], ["a", {"href": "/s?a=1&b=2"}], "x", ["/a"], ["/p"]]
    good["inline.link('x', '  /a&#47;b ')"] = [["a", {"href": "/a/b"}], "x", ["/a"]]
    good["blocks.body('[x](</a b>)')"] = [["p", {}], ["a", {"href": "/a b"}], "x", ["/a"], ["/p"]]
    good["blocks.body('[a *b*](javascript:alert(1)) c')"] = [["p", {}], "a ", ["em", {}], "b", ["/em"], " c", ["/p"]]
    for each in ("Zo\u00eb", "Dara O'Brien", 'Dwayne "The Rock" Johnson', "Ann <3", "A & B", "x < y > z", "R&amp;D", "&lt;Bob&gt;", "\u200bZed",
                 "on=off", "Ann O`Neil", "javascript:", "data: Bob", "\u65e5\u672c \u592a\u90ce", "a/b\\c", "100% Bob", "={x}", "Bob;", "{name}", "\\1"):
        words = each.replace("-", " ").split()
        words = [word for word in words if word[0].isalnum()]
        short = (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper() if words else "?"
        when = [" ", ["span", {"class": "when"}], "2 days ago", ["/span"], ["/header"]]
        good[f"thread.byline(Author({each!r}), 172800)"] = [["header", {}], ["span", {"class": "initials"}], short, ["/span"], " " + each, *when]
        good[f"thread.byline(Author({each!r}, '/p/1', '/i.png?a=1&b=2'), 172800)"] = [
            ["header", {}], ["img", {"alt": each, "class": "portrait", "loading": "lazy", "src": "/i.png?a=1&b=2"}], " ",
            ["a", {"class": "author", "href": "/p/1"}], each, ["/a"], *when]
        good[f"thread.recent([Comment(4, Author({each!r}), 'hi')])"] = [
            ["ul", {"class": "recent"}], ["li", {}], ["a", {"href": "#c4", "title": "hi"}], each, ["/a"], ["/li"], ["/ul"]]
        good[f"blocks.body({'> so' + chr(10) + '> -- ' + each!r})"] = [["blockquote", {"title": each}], ["p", {}], "so", ["/p"], ["/blockquote"]]
        good[f"inline.link('x', '/a', {each!r})"] = [["a", {"href": "/a", "title": each}], "x", ["/a"]]
        if "`" not in each and "*" not in each:
            good[f"blocks.body({each!r})"] = [["p", {}], each, ["/p"]]
            good[f"blocks.body({'[x](/a ' + chr(34) + each + chr(34) + ')'!r})"] = [["p", {}], ["a", {"href": "/a", "title": each}], "x", ["/a"], ["/p"]]
            good[f"blocks.body({'[' + each + '](/a) `' + each + '` *' + each + '*'!r})"] = [
                ["p", {}], ["a", {"href": "/a"}], each, ["/a"], " ", ["code", {}], each, ["/code"], " ", ["em", {}], each, ["/em"], ["/p"]]
            good[f"thread.recent([Comment(4, Author('Bo'), {'*' + each + '* now'!r})])"] = [
                ["ul", {"class": "recent"}], ["li", {}], ["a", {"href": "#c4", "title": each + " now"}], "Bo", ["/a"], ["/li"], ["/ul"]]
    for each in ("python", "c++", "c#", "objective-c", "f90", "asp.net", "x_y", "C", "shell-session"):
        good[f"blocks.body({'```' + each + chr(10) + 'a < b' + chr(10) + '```'!r})"] = [
            ["pre", {}], ["code", {"class": "language-" + each}], "a < b", ["/code"], ["/pre"]]
    for each in ("javascript: is no link", "write onclick=\"go()\" here", "it's a \"test\" & more", "use <script>alert(1)</script>, she said",
                 "a < b > c &amp; &lt;", "x=\"1\" y='2'", "data:text/html,x", "<b>no</b>", "&quot;so&quot;", "&#106;avascript:", "\"", "'", "<!-- -->",
                 "[x] (y)", "[x]()", "ann@example.org", "a\\\"b", "2 * 3 * 4 < 5", "don't 'quote' \"me\" onload=x"):
        good[f"blocks.body({each!r})"] = [["p", {}], each, ["/p"]]
        good[f"blocks.body({'```' + chr(10) + each + chr(10) + '```'!r})"] = [["pre", {}], ["code", {}], each, ["/code"], ["/pre"]]
        good[f"blocks.body({'- `' + each + '`'!r})"] = [["ul", {}], ["li", {}], ["code", {}], each, ["/code"], ["/li"], ["/ul"]]
    for each, text in (("http://www.e.org/a", "e.org/a"), ("https://e.org/?a=1&b=2", "e.org/?a=1&b=2"), ("HTTP://e.org", "e.org"),
                       ("https://e.org/a_(b)", "e.org/a_(b)"), ("http://e.org/x:y;z=1,2", "e.org/x:y;z=1,2"), ("https://e.org/&amp;", "e.org/&amp;"),
                       ("https://e.org/on=off?javascript:x", "e.org/on=off?javascript:x")):
        link = [["a", {"href": each}], text, ["/a"]] if each != "https://e.org/&amp;" else None
        if link:
            good[f"blocks.body({'(see ' + each + '), or'!r})"] = [["p", {}], "(see ", *link, "), or", ["/p"]]
            good[f"blocks.body({chr(34) + each + chr(34) + ' is it'!r})"] = [["p", {}], '"', *link, '" is it', ["/p"]]
    good["blocks.body('@Ann, @Bj\\u00f6rn and @x')"] = [
        ["p", {}], ["a", {"class": "mention", "href": "/people/ann"}], "@Ann", ["/a"], ", ",
        ["a", {"class": "mention", "href": "/people/bj%C3%B6rn"}], "@Bj\u00f6rn", ["/a"], " and @x", ["/p"]]
    good["blocks.body('one\\r\\ntwo \"so\"\\n\\n> a\\n> > b\\'s\\n- c\\n- *d*\\n```x\\n\"e\"')"] = [
        ["p", {}], "one", ["br", {}], '\ntwo "so"', ["/p"], "\n", ["blockquote", {}], ["p", {}], "a", ["/p"], "\n", ["blockquote", {}], ["p", {}],
        "b's", ["/p"], ["/blockquote"], ["/blockquote"], "\n", ["ul", {}], ["li", {}], "c", ["/li"], ["li", {}], ["em", {}], "d", ["/em"],
        ["/li"], ["/ul"], "\n", ["pre", {}], ["code", {"class": "language-x"}], '"e"', ["/code"], ["/pre"]]
    good["blocks.body('**a [b *c*](/d \"e\") @ann**')"] = [
        ["p", {}], ["strong", {}], "a [b ", ["em", {}], "c", ["/em"], '](/d "e") ', ["a", {"class": "mention", "href": "/people/ann"}], "@ann",
        ["/a"], ["/strong"], ["/p"]]
    del good["blocks.body('**a [b *c*](/d \"e\") @ann**')"]  # stars within stars are nobody's concern here
    good["blocks.body('**a [b](/d \"e\") @ann**')"] = [
        ["p", {}], ["strong", {}], "a ", ["a", {"href": "/d", "title": "e"}], "b", ["/a"], " ", ["a", {"class": "mention", "href": "/people/ann"}],
        "@ann", ["/a"], ["/strong"], ["/p"]]
    good["blocks.body('[see https://e.org/ and @ann](/a)')"] = [["p", {}], ["a", {"href": "/a"}], "see https://e.org/ and @ann", ["/a"], ["/p"]]
    good["blocks.body('')"] = []
    good["thread.thread([])"] = [["h2", {}], "No comments yet", ["/h2"]]
    ann = [["header", {}], ["span", {"class": "initials"}], "AL", ["/span"], " Ann Lee ", ["span", {"class": "when"}]]
    good["thread.thread([Comment(2, Author('Ann Lee'), 'b', 60), Comment(1, Author('Ann Lee'), 'a', 0)], 3660)"] = [
        ["h2", {}], "2 comments", ["/h2"], "\n", ["article", {"id": "c1"}], *ann, "1 hour ago", ["/span"], ["/header"], "\n", ["p", {}], "a", ["/p"],
        ["/article"], "\n", ["article", {"id": "c2"}], *ann, "1 hour ago", ["/span"], ["/header"], "\n", ["p", {}], "b", ["/p"], ["/article"]]
    good["thread.recent([Comment(n, Author('N'), 'w' * n) for n in range(9)], 2)"] = [
        ["ul", {"class": "recent"}], *[part for n in (8, 7) for part in (["li", {}], ["a", {"href": f"#c{n}", "title": "w" * n}], "N", ["/a"], ["/li"])],
        ["/ul"]]
    good["thread.recent([Comment(1, Author('N'), '\"It\\'s\" <b> ' * 20)])"] = [
        ["ul", {"class": "recent"}], ["li", {}], ["a", {"href": "#c1", "title": ('"It\'s" <b> ' * 20)[:60].rsplit(" ", 1)[0] + "\u2026"}], "N", ["/a"],
        ["/li"], ["/ul"]]
    return good


def texts():
    """Calls that give text and no page."""
    return {"thread.excerpt('*a* \"b\" <c> & `d` [e](/f)')": 'a "b" <c> & d e', "inline.plain('**a** \"b\"')": 'a "b"', "thread.initials('ann lee')": "AL",
            "inline.shown('https://www.e.org/a&b/')": "e.org/a&b", "thread.ago(59)": "just now", "thread.ago(86400)": "1 day ago",
            "thread.excerpt('```\\nx\\n```\\n> y\\n\\n- z')": "z"}


def merged(parts):
    """The same parts, with texts that follow each other as one."""
    done = []
    for each in parts:
        if isinstance(each, str) and done and isinstance(done[-1], str):
            done[-1] += each
        else:
            done.append(each)
    return done


def judge(plan, found, good, bad, plain):
    for call, (state, text) in zip(plan, found):
        if state != "value":
            fail(f"{call} gives {state} {text[:80]}")
        if call in plain:
            if text != plain[call]:
                fail(f"{call} gives {text!r} instead of {plain[call]!r}")
            continue
        page = Page(text)
        if page.faults:
            fail(f"{call}: {page.faults[0]}")
        if call in good and page.parts != merged(good[call]):
            fail(f"{call} gives {text[:200]} instead of {str(good[call])[:300]}")
        if call in bad and bad[call] not in page.text:
            fail(f"{call} gives {text[:100]}, where {bad[call]!r} cannot be read")


def main():
    good, bad, plain = legitimate(), hostile(), texts()
    slow = ["blocks.body('[x](/a \"' * 400)", "blocks.body('*a ' * 3000)", "inline.link('x', ' \\x01\\t' * 9000 + 'javascript:x')",
            "inline.link('x', 'a' * 30000 + ':')", "blocks.body('```' + '\"' * 30000)", "inline.link('x', '&' * 20000)"]
    calls = [*good, *plain, *bad]
    for plan in (calls, [*bad][::-1] + [*good][::-1], [*good, *plain] * 2, slow):
        judge(plan, answers(plan), good, bad, plain)
    for one in [*good][::97] + [*bad][::499]:
        judge([one], answers([one]), good, bad, plain)
    print("what readers write stays text, and reads as it did")


main()
