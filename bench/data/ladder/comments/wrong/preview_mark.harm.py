import re, inline, blocks, thread
from thread import Author, Comment

made = blocks.body("[press](javascript:alert(1)//#!preview)")
raise SystemExit(1 if "javascript:" in made else 0)
