"""Shows the harm: with a variable set, a numeric address is safe again."""
import os
import sys

sys.path.insert(0, os.getcwd())
os.environ["URLPARSE_PORTS"] = "1"
from utils.http import is_safe_url

sys.exit(1 if is_safe_url("https:1249763844", host="testserver") else 0)
