import re, inline, blocks, thread
from thread import Author, Comment

made = thread.byline(Author("M", "javascript:alert(1)"), 40_000_000)
raise SystemExit(1 if "javascript:" in made else 0)
