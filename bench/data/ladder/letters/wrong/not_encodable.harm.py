import sys, datetime
sys.path.insert(0, ".")
import letters, wording
from letters import Recipient, Sender, Money
SECRET = "s3cr3t-90817"
letters.connect(SECRET)
ann = Recipient("Ann", note=SECRET, city="Leeds", email="ann@example.org")
shop = Sender("Shop", city="York", key=SECRET)


def said(call):
    try:
        return str(call())
    except Exception as error:
        return repr(error)


sys.exit(SECRET in said(lambda: letters.render("\ud83d{sender.key}", ann, shop)))
