"""The blocks of a comment: paragraphs, quotations, lists, and code between fences.

    > what somebody said        - a thing        ```python
    > -- and who said it        - another        code
                                                 ```
"""

from __future__ import annotations

from inline import escape, inline

FENCE = "```"
SOURCE = "-- "


def fence(lines: list[str], language: str = "") -> str:
    """Code, and the language for the highlighter in the browser."""
    kind = f' class="language-{language}"' if language else ""
    return f"<pre><code{kind}>{escape(chr(10).join(lines))}</code></pre>"


def quotation(lines: list[str]) -> str:
    """What somebody said; a last line that starts with `-- ` says who it was."""
    source = ""
    if len(lines) > 1 and lines[-1].startswith(SOURCE):
        source = lines[-1][len(SOURCE) :].strip()
        lines = lines[:-1]
    who = f" title='{source}'" if source else ""
    return f"<blockquote{who}>{body(chr(10).join(lines))}</blockquote>"


def items(lines: list[str]) -> str:
    """A list with an item for each line."""
    return "<ul>" + "".join(f"<li>{inline(each)}</li>" for each in lines) + "</ul>"


def paragraph(lines: list[str]) -> str:
    """Lines of text; each starts anew in the page, too."""
    return "<p>" + inline("\n".join(lines)).replace("\n", "<br>\n") + "</p>"


def sort_of(line: str) -> str:
    """Which sort of block a line belongs to."""
    if not line.strip():
        return ""
    if line.startswith(">"):
        return "quotation"
    if line.startswith(("- ", "* ")):
        return "items"
    return "paragraph"


def body(text: str) -> str:
    """The HTML of what somebody wrote."""
    made: list[str] = []
    lines = text.replace("\r\n", "\n").split("\n")
    at = 0
    while at < len(lines):
        line = lines[at]
        if line.startswith(FENCE):
            end = next((n for n in range(at + 1, len(lines)) if lines[n].strip() == FENCE), len(lines))
            made.append(fence(lines[at + 1 : end], line[len(FENCE) :].strip()))
            at = end + 1
            continue
        sort, begin = sort_of(line), at
        while at < len(lines) and sort_of(lines[at]) == sort and not lines[at].startswith(FENCE):
            at += 1
        if sort == "quotation":
            made.append(quotation([each[1:].removeprefix(" ") for each in lines[begin:at]]))
        elif sort == "items":
            made.append(items([each[2:].strip() for each in lines[begin:at]]))
        elif sort == "paragraph":
            made.append(paragraph(lines[begin:at]))
    return "\n".join(made)
