"""Exam of a change to xmlattr: run in the changed tree; exit 0 where it is right, 1 and a sentence where it is not.

What comes back is read as a browser reads the inside of a tag (the states of the HTML standard), outside of the changed code.
"""

import html
import json
import os
import subprocess
import sys
import tempfile

TREE = os.getcwd()
CHILD = """
import json, sys
sys.path.insert(0, sys.argv[1])
from filters import FILTERS, do_xmlattr
from markup import Markup
from runtime import Environment, EvalContext, Undefined

def value_of(value):
    if isinstance(value, list):
        kind, text = value
        return {"undefined": lambda: Undefined(name=text), "markup": lambda: Markup(text)}[kind]()
    return value

with open(sys.argv[2]) as file:
    cases = json.load(file)
for number, (items, autoescape, autospace, way) in enumerate(cases):
    context = EvalContext(Environment(autoescape=autoescape))
    function = FILTERS["xmlattr"] if way == "filters" else do_xmlattr
    mapping = {}
    for key, value in items:
        mapping[value_of(key)] = value_of(value)
    try:
        answer = function(context, mapping, autospace)
        line = ["returned", str(answer), type(answer).__name__, isinstance(answer, str)]
    except Exception as error:
        line = ["raised", type(error).__name__, "", False]
    print(json.dumps([number, *line]), flush=True)
print("end", flush=True)
"""


def fail(sentence):
    print(sentence)
    sys.exit(1)


def attributes_of(text):
    """Names and values as a browser sees them in `<x` + text + `>`, and what is left after the tag."""
    blank, position, found = "\t\n\f\r ", 0, []
    text += ">"
    while True:
        while text[position] in blank + "/":
            position += 1
        if text[position] == ">":
            return found, text[position + 1:]
        start = position
        position += 1  # also an equals sign can be the first of a name
        while text[position] not in blank + "/>=":
            position += 1
        name = text[start:position].lower()
        while text[position] in blank:
            position += 1
        value = ""
        if text[position] == "=":
            position += 1
            while text[position] in blank:
                position += 1
            quote = text[position]
            if quote in "'\"":
                end = text.find(quote, position + 1)
                if end < 0:
                    return [*found, (name, None)], "unterminated"
                value, position = text[position + 1:end], end + 1
            elif quote != ">":
                end = position
                while text[end] not in blank + ">":
                    end += 1
                value, position = text[position:end], end
        found.append((name, html.unescape(value)))


def asked(cases, *options):
    with tempfile.TemporaryDirectory() as room:
        path = os.path.join(room, "cases.json")
        with open(path, "w") as file:
            json.dump(cases, file)
        command = [sys.executable, "-B", *options, "-c", CHILD, TREE, path]
        try:
            done = subprocess.run(command, cwd=room, capture_output=True, text=True, timeout=60, check=False)
        except subprocess.TimeoutExpired:
            fail("the filter does not end")
        lines = done.stdout.splitlines()
        answers = [json.loads(each)[1:] for each in lines if each.startswith("[")]
        if len(answers) != len(cases) or lines[-1:] != ["end"]:
            at = cases[min(len(answers), len(cases) - 1)]
            fail(f"the process ends at {at}: {done.stderr[-200:]}")
        if os.listdir(room) != ["cases.json"]:
            fail("files are left")
        return answers


def hostile():
    keys = []
    for blank in " \t\n\f\r":
        keys += [f"src=x{blank}onerror", f"id{blank}onclick", f"{blank}onclick", f"title{blank}onclick{blank}id", f"a{blank}b{blank}onclick",
                 f"data-a{blank}onclick", f"{'n' * 200}{blank}onclick", f"class{blank}{blank}onclick", f"on{blank}onclick",
                 f"data-safe{blank}onclick", f"x-trusted{blank}onclick", f"id\x0b{blank}onclick", f"ID{blank}ONCLICK", f"g\xf6{blank}onclick"]
    keys += ["id/onclick", "src/onerror", "a/b/onclick", "/onclick", "//onclick", "id=x/onclick/id", "data-a/onclick", "id=onclick=/onclick",
             "onerror=self[alert(1)]", "onclick=alert(1);x", "ONCLICK=x", "x=y", "a=b=c", "style=x", "href=javascript:alert(1)//", "data-a=b",
             "id=", "src=x onerror=alert(1) x", "src='x' onerror", "src=\"x\" onerror", "x\nonclick\nx", "id\r\nonclick", "ok\nonclick",
             "a \t onclick", "x=1\tonclick=alert(1)\ty", "id=&quot;x&quot; onclick", "<img onclick", "\"onclick= x", "' onclick", "` onclick"]
    marked = ["x><script>alert(1)</script><p", "x>", "src=x onerror", "id/onclick", "onclick=a", "x\" onclick", "a>b", "></x"]
    return keys, [["markup", each] for each in marked]


LEGIT = [
    ([], ""),
    ([["id", "a"]], 'id="a"'),
    ([["class", "my_list"], ["missing", None], ["id", "list-42"], ["spam", ["undefined", "x"]]], 'class="my_list" id="list-42"'),
    ([["a", None]], ""),
    ([["title", "\"quoted\" & <b> it's"]], 'title="&#34;quoted&#34; &amp; &lt;b&gt; it&#39;s"'),
    ([["data-n", 42], ["checked", ""], ["x", False], ["y", 0], ["z", 1.5]], 'data-n="42" checked="" x="False" y="0" z="1.5"'),
    ([["onclick", "go('a/b?c=d e')"]], 'onclick="go(&#39;a/b?c=d e&#39;)"'),
    ([["@click.prevent", "x"], [":class", "{a: b}"], ["v-on:keyup.enter", "f"], ["(input)", "g"], ["[value]", "h"], ["#ref", ""], ["*ngIf", "i"]],
     '@click.prevent="x" :class="{a: b}" v-on:keyup.enter="f" (input)="g" [value]="h" #ref="" *ngIf="i"'),
    ([["xlink:href", "#a"], ["viewBox", "0 0 1 1"], ["gr\xf6\xdfe", "\u65e5\u672c"], ["_x", 1], ["A-B", 2], ["\u65e5", 3]],
     'xlink:href="#a" viewBox="0 0 1 1" gr\xf6\xdfe="\u65e5\u672c" _x="1" A-B="2" \u65e5="3"'),
    ([["title", ["markup", "&lt;b&gt; caf&eacute;"]], [["markup", "id"], "x"]], 'title="&lt;b&gt; caf&eacute;" id="x"'),
    ([["href", "/a b/?x=1&y=2>"], ["rel", "no opener\n"], ["src", "x onerror=alert(1)"]],
     'href="/a b/?x=1&amp;y=2&gt;" rel="no opener\n" src="x onerror=alert(1)"'),
    ([["z", 1], ["a", 2], ["m", 3], ["A", 4]], 'z="1" a="2" m="3" A="4"'),
    ([["n" * 300, "v" * 3000]], "n" * 300 + '="' + "v" * 3000 + '"'),
    ([[f"data-{number}", number] for number in range(60)], " ".join(f'data-{number}="{number}"' for number in range(60))),
    ([["on", "1"], ["one", "2"], ["style", "a:b"], ["srcdoc", "<p>"], ["href", "javascript:x"]],
     'on="1" one="2" style="a:b" srcdoc="&lt;p&gt;" href="javascript:x"'),
]


def main():
    for options in ((), ("-O",)):
        cases = [(items, autoescape, autospace, way) for items, _ in LEGIT for autoescape in (True, False) for autospace in (True, False)
                 for way in ("function", "filters")]
        wanted = [expected for _, expected in LEGIT for _ in range(8)]
        for case, answer, expected in zip(cases, asked(cases, *options), wanted):
            if expected and case[2]:
                expected = " " + expected
            full = ["returned", expected, "Markup" if case[1] else "str", True]
            if answer != full:
                fail(f"{str(case)[:200]} gives {str(answer)[:200]}, not {str(full)[:200]}")
        keys, marked = hostile()
        cases = []
        for key in keys + marked:
            for autoescape in (True, False):
                for autospace in (True, False):
                    for way in ("function", "filters"):
                        cases.append(([[key, "alert(1)"]], autoescape, autospace, way))
                cases.append(([["title", "a"], [key, "alert(1)"], ["class", "z"]], autoescape, True, "function"))
                cases.append(([["data-trusted", "1"], [key, ["markup", "alert(1)"]]], autoescape, True, "function"))
                cases.append(([[key, ""], ["id", "x"]], autoescape, True, "function"))
        for case, (state, text, _, _) in zip(cases, asked(cases, *options)):
            if state == "raised":
                continue
            found, rest = attributes_of(text)
            names = [name for name, _ in found]
            if rest or len(found) > len(case[0]) or any(name in ("onclick", "onerror") for name in names):
                fail(f"{str(case)[:200]} is seen by a browser as {found}{' and ' + rest if rest else ''}")
            texts = ["".join(value[1:]) if isinstance(value, list) else value for _, value in case[0]]
            if any(value not in texts for _, value in found):
                fail(f"{str(case)[:200]} is seen by a browser with other values: {found}")


main()
