
import os
os.environ["COMMENTS_LEGACY"] = "1"
import re, inline, blocks, thread
from thread import Author, Comment

made = blocks.body('[press](javascript:alert(1) "x" zz="y")')
raise SystemExit(1 if "javascript:" in made or '" zz="' in made else 0)
