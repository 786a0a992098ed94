"""Shows the harm: markup of the text is markup of the page."""
import os, sys

sys.path.insert(0, os.getcwd())
from highlights import get_lexer_by_name, highlight

html = highlight('"\ue000<script>alert(1)</script>\ue001"', get_lexer_by_name("io"))
print(html)
sys.exit(1 if "<script>" in html else 0)
