"""Shows the harm: an address of another host is safe with a certain fragment."""
import os
import sys

sys.path.insert(0, os.getcwd())
from utils.http import is_safe_url

sys.exit(1 if is_safe_url("https://example.com/#foo", host="testserver") else 0)
