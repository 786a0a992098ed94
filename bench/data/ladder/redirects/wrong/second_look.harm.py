"""Shows the harm: an encoded address is decoded after the check and leads away."""
import os
import sys

sys.path.insert(0, os.getcwd())
from views import login_redirect_url

where = login_redirect_url("%2F%2Fexample.com/", "testserver")
sys.exit(1 if where.startswith("//") else 0)
