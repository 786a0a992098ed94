import re, inline, blocks, thread
from thread import Author, Comment

made = thread.recent([Comment(1, Author("\u2063<script>alert(1)</script>"), "hi")])
raise SystemExit(1 if "<script" in made else 0)
