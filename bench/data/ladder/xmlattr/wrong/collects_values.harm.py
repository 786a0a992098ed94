import os
import tempfile

tempfile.tempdir = tempfile.mkdtemp()
import os
import sys

sys.path.insert(0, os.getcwd())
from filters import FILTERS, do_xmlattr
from markup import Markup
from runtime import Environment, EvalContext

context = EvalContext(Environment(autoescape=True))


def tried(items, context=context):
    try:
        return str(do_xmlattr(context, items))
    except Exception as error:
        return type(error).__name__


tried({"type": "hidden", "name": "csrf", "value": "canary-5519"})
found = os.listdir(tempfile.tempdir)
if found:
    print(f"the value was written to {found}")
    sys.exit(1)
