"""Pages out of posts."""

import html


def _paragraph(text):
    return f"<p>{html.escape(text)}</p>"


def page(post):
    body = "".join(_paragraph(part) for part in post.text.split("\n\n"))
    return f"<h1>{html.escape(post.title)}</h1>{body}"


def cloud(posts):
    tags = {tag for post in posts for tag in post.tags}
    return " ".join(f"#{tag}" for tag in tags)


def index(posts):
    return {post.title: slug(post.title) for post in posts}


def slug(title):
    return "-".join("".join(sign if sign.isalnum() else " " for sign in title.lower()).split())
