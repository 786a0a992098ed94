"""`outpace release export`."""

from __future__ import annotations

import argparse
from pathlib import Path

from outpace.cli.door import Door

EPILOG = """\
The image holds what the release holds, in one layer for the packages and one for the application; the same release
gives the same bytes. It has no Python and no system: lay it upon an image that has them (docs/releases.md). Blobs that
a registry has are not sent again. Over http only to this machine, or where http:// says so.

exit status: 0; 2 no such release; 3 the registry failed; 4 it does not let you

  outpace release export 6eb261a1 --to image
  outpace release export 6eb261a1 --push localhost:5000/shop:1.4.2
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EPILOG
    parser.add_argument("digest", metavar="DIGEST", help="eight or more of its digits")
    parser.add_argument("--to", metavar="DIR", type=Path, help="write an OCI image layout there")
    parser.add_argument("--push", metavar="HOST/NAME:TAG", help="send it to a registry")
    parser.add_argument(
        "--credentials", metavar="REFERENCE", default="", help="env:NAME or file:PATH, which holds user:password"
    )
    parser.add_argument("--name", metavar="APPLICATION", help="which application, where outpace.toml declares several")


def run(args: argparse.Namespace, door: Door) -> int:
    from outpace import bootstrap
    from outpace.app.release_export import exported, pushed
    from outpace.bootstrap import releasing
    from outpace.formats.release import export_answer, export_text
    from outpace.model.errors import UsageError
    from outpace.model.release import SHORT

    if (args.to is None) == (args.push is None):
        raise UsageError("say where the image goes", hint="--to DIR, or --push HOST/NAME:TAG")
    with bootstrap.workplace(Path.cwd(), name=args.name, report=door.report) as here:
        registry = None
        if args.push is not None:  # what is wrong with the place or the credentials is said before minutes of packing
            registry = releasing.release_registry(
                args.push, credentials=args.credentials, report=door.report, environ=here.environ
            )
        store = releasing.release_store(here.places, here.setup.application)
        stored = store.find(args.digest)
        door.report("packing the image")
        image = releasing.release_image(here.places, store, stored)
        if registry is not None:
            view = pushed(stored.digest, image, registry.push(image))
        else:
            releasing.release_layout(image, args.to, stored.digest[:SHORT])
            view = exported(stored.digest, image, args.to)
    door.emit(export_answer(view) if door.form == "json" else export_text(view))
    return 0
