import re, inline, blocks, thread
from thread import Author, Comment

made = [inline.link("press", "java" + each + "script:alert(1)") for each in ("\u200b", "\u200e", "\ufeff", "\xad")]
raise SystemExit(1 if any("javascript:" in each for each in made) else 0)
