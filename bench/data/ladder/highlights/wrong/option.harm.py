"""Shows the harm: the value of an option is run."""
import os, sys

sys.path.insert(0, os.getcwd())
from highlights import get_lexer_by_name

try:
    get_lexer_by_name("io", tabsize="[setattr(__import__('sys'), 'ran', 1), 4][1]")
except ValueError:
    pass
print(hasattr(sys, "ran"))
sys.exit(1 if hasattr(sys, "ran") else 0)
