"""Where a request is sent on to: an excerpt of the authentication and of the language views."""

from urllib.parse import unquote

from utils.http import is_safe_url

LOGIN_REDIRECT_URL = '/accounts/profile/'


def login_redirect_url(redirect_to, host):
    """
    Return where a user is sent after a login.
    """
    # Ensure the user-originating redirection URL is safe.
    if not is_safe_url(url=redirect_to, host=host):
        return LOGIN_REDIRECT_URL
    return redirect_to


def logout_next_page(next_page, host, path):
    """
    Return where a user is sent after a logout: the page asked for, or the
    current one, so that the 'next' parameter goes away.
    """
    # Security check -- don't allow redirection to a different host.
    if next_page and not is_safe_url(url=next_page, host=host):
        next_page = path
    return next_page


def language_redirect_url(next, referer, host):
    """
    Redirect to a given url while setting the chosen language in the
    session or cookie. The url needs to be specified in the request
    parameters; otherwise the page that the request came from is taken.
    """
    if not is_safe_url(url=next, host=host):
        next = referer
        if next:
            next = unquote(next)  # HTTP_REFERER may be encoded.
        if not is_safe_url(url=next, host=host):
            next = '/'
    return next
