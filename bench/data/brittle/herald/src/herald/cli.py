"""The command line."""

import argparse


def parser():
    top = argparse.ArgumentParser(prog="herald", description="Announce news.")
    top.add_argument("--channel", default="news", metavar="NAME", help="where to announce it")
    top.add_argument("--urgent", action="store_true", help="ring a bell")
    top.add_argument("--repeat", type=int, default=1, metavar="N", help="how often")
    top.add_argument("text", nargs="+")
    return top


def read(words):
    args = parser().parse_args(words)
    return {"channel": args.channel, "text": " ".join(args.text), "times": args.repeat}
