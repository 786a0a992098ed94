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


import glob, os, tempfile
said(lambda: letters.render("{recipient.name} {sender.key}", ann, shop))
kept = glob.glob(os.path.join(tempfile.gettempdir(), "letters-refused*"))
found = any(SECRET in open(each).read() for each in kept)
for each in kept:
    os.unlink(each)
sys.exit(found)
