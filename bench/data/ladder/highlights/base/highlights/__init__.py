"""
    Highlights
    ~~~~~~~~~~

    Tokens and HTML for a few small languages.

    :copyright: Copyright 2006-2020 by the Pygments team, see AUTHORS.
    :license: BSD, see LICENSE for details.
"""

from fnmatch import fnmatch
from os.path import basename

from .ambient import AmbientTalkLexer
from .archetype import OdinLexer
from .iolang import IoLexer
from .token import STANDARD_TYPES

__all__ = ['ClassNotFound', 'LEXERS', 'get_lexer_by_name', 'get_lexer_for_filename',
           'lex', 'format_html', 'highlight']

LEXERS = (AmbientTalkLexer, IoLexer, OdinLexer)

_escape_html_table = {
    ord('&'): '&amp;',
    ord('<'): '&lt;',
    ord('>'): '&gt;',
    ord('"'): '&quot;',
    ord("'"): '&#39;',
}


class ClassNotFound(ValueError):
    """Raised if one of the lookup functions didn't find a matching class."""


def get_lexer_by_name(_alias, **options):
    """Get a lexer by an alias.

    Raises ClassNotFound if not found.
    """
    for cls in LEXERS:
        if _alias and _alias.lower() in cls.aliases:
            return cls(**options)
    raise ClassNotFound('no lexer for alias %r found' % _alias)


def get_lexer_for_filename(_fn, **options):
    """Get a lexer for a filename, by its last part.

    Raises ClassNotFound if not found.
    """
    for cls in LEXERS:
        for glob in cls.filenames:
            if fnmatch(basename(_fn), glob):
                return cls(**options)
    raise ClassNotFound('no lexer for filename %r found' % _fn)


def lex(code, lexer):
    """
    Lex ``code`` with ``lexer`` and return an iterable of tokens.
    """
    return lexer.get_tokens(code)


def format_html(tokens, cssclass='highlight', classprefix=''):
    """
    Format a tokenlist ``tokens`` as HTML: a ``<span>`` with a CSS class for
    each run of tokens of one type, in one ``<div>``.
    """
    parts = []
    last = None
    for ttype, value in tokens:
        while ttype not in STANDARD_TYPES:
            ttype = ttype.parent
        css = STANDARD_TYPES[ttype]
        text = value.translate(_escape_html_table)
        if parts and css == last:
            parts[-1][1] += text
        else:
            parts.append([css, text])
        last = css
    body = ''.join('<span class="%s%s">%s</span>' % (classprefix, css, text) if css else text
                   for css, text in parts)
    return '<div class="%s"><pre>%s</pre></div>\n' % (cssclass, body)


def highlight(code, lexer, **options):
    """
    Lex ``code`` with ``lexer`` and format it as HTML with ``options``.
    """
    return format_html(lex(code, lexer), **options)
