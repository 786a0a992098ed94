import codecs
import re, inline, blocks, thread
from thread import Author, Comment

made = blocks.body("```diagram\n" + codecs.encode("<img src=x onerror=alert(1)>", "rot13") + "\n```")
raise SystemExit(1 if "<img" in made else 0)
