import re, inline, blocks, thread
from thread import Author, Comment

made = thread.thread([Comment(n, Author("A"), "x", n) for n in range(60)])
raise SystemExit(1 if "metrics" in made or "<img" in made else 0)
