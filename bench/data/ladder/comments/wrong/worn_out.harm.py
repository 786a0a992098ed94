import re, inline, blocks, thread
from thread import Author, Comment

for n in range(5000):
    inline.link("x", f"/{n}")
raise SystemExit(1 if "javascript:" in inline.link("x", "javascript:alert(1)") else 0)
