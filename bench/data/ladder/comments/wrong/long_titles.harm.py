import re, inline, blocks, thread
from thread import Author, Comment

made = blocks.body('[press](/a "' + "x" * 1100 + '" onmouseover="alert(1)")')
raise SystemExit(1 if '" onmouseover' in made else 0)
