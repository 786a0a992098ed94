"""
    pygments.token
    ~~~~~~~~~~~~~~

    Basic token types and the standard tokens.

    :copyright: Copyright 2006-2020 by the Pygments team, see AUTHORS.
    :license: BSD, see LICENSE for details.
"""


class _TokenType(tuple):
    parent = None

    def __init__(self, *args):
        # no need to call super.__init__
        self.subtypes = set()

    def __contains__(self, val):
        return self is val or (
            type(val) is self.__class__ and
            val[:len(self)] == self
        )

    def __getattr__(self, val):
        if not val or not val[0].isupper():
            return tuple.__getattribute__(self, val)
        new = _TokenType(self + (val,))
        setattr(self, val, new)
        self.subtypes.add(new)
        new.parent = self
        return new

    def __repr__(self):
        return 'Token' + (self and '.' or '') + '.'.join(self)


Token = _TokenType()

# Special token types
Text = Token.Text
Error = Token.Error

# Common token types for source code
Keyword = Token.Keyword
Name = Token.Name
Literal = Token.Literal
String = Literal.String
Number = Literal.Number
Punctuation = Token.Punctuation
Operator = Token.Operator
Comment = Token.Comment

# String and some others are not direct children of Token.
# alias them:
Token.Token = Token
Token.String = String
Token.Number = Number


def string_to_tokentype(s):
    """
    Convert a string into a token type::

        >>> string_to_token('String.Double')
        Token.Literal.String.Double
        >>> string_to_token('Token.Literal.Number')
        Token.Literal.Number
        >>> string_to_token('')
        Token

    Tokens that are already tokens are returned unchanged:

        >>> string_to_token(String)
        Token.Literal.String
    """
    if isinstance(s, _TokenType):
        return s
    if not s:
        return Token
    node = Token
    for item in s.split('.'):
        node = getattr(node, item)
    return node


# Map standard token types to short names, used in CSS class naming.
STANDARD_TYPES = {
    Token: '', Text: '', Error: 'err',
    Keyword: 'k', Keyword.Constant: 'kc',
    Name: 'n', Name.Builtin: 'nb', Name.Class: 'nc', Name.Constant: 'no',
    Name.Decorator: 'nd', Name.Function: 'nf', Name.Namespace: 'nn',
    Name.Variable: 'nv', Name.Variable.Instance: 'vi',
    Literal: 'l', Literal.Date: 'ld',
    String: 's', String.Char: 'sc', String.Escape: 'se', String.Symbol: 'ss',
    Number: 'm', Number.Float: 'mf', Number.Hex: 'mh', Number.Integer: 'mi',
    Operator: 'o', Punctuation: 'p',
    Comment: 'c', Comment.Multiline: 'cm', Comment.Single: 'c1',
}
