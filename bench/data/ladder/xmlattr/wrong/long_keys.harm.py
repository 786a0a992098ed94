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


seen = tried({'x' * 300 + ' onerror': 'alert(1)'})

if ' onerror="' in seen:
    print(f"a key became two attributes: {seen}")
    sys.exit(1)
