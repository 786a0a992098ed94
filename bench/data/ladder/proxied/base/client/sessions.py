"""A Session object to manage and persist settings across requests (auth, proxies)."""

from collections import OrderedDict
from urllib.parse import urljoin, urlparse

from .models import DEFAULT_REDIRECT_LIMIT, InvalidSchema, PreparedRequest, TooManyRedirects, _basic_auth_str
from .utils import DEFAULT_PORTS, get_auth_from_url, get_environ_proxies, get_netrc_auth, resolve_proxies


def merge_setting(request_setting, session_setting):
    """The mapping of the request over that of the session, without keys that are set to None."""
    merged_setting = {**(session_setting or {}), **(request_setting or {})}
    return {k: v for (k, v) in merged_setting.items() if v is not None}


class SessionRedirectMixin:
    def get_redirect_target(self, resp):
        """Receives a Response. Returns a redirect URI or ``None``"""
        if resp.is_redirect:
            # It is more likely to get UTF8 header rather than latin1.
            # To solve this, we re-encode the location in latin1.
            return resp.headers["location"].encode("latin1").decode("utf8")
        return None

    def should_strip_auth(self, old_url, new_url):
        """Decide whether Authorization header should be removed when redirecting"""
        old_parsed = urlparse(old_url)
        new_parsed = urlparse(new_url)
        if old_parsed.hostname != new_parsed.hostname:
            return True
        # Special case: allow http -> https redirect when using the standard
        # ports. This isn't specified by RFC 7235, but is kept to avoid
        # breaking backwards compatibility with older versions of requests
        # that allowed any redirects on the same host.
        if (
            old_parsed.scheme == "http"
            and old_parsed.port in (80, None)
            and new_parsed.scheme == "https"
            and new_parsed.port in (443, None)
        ):
            return False

        # Handle default port usage corresponding to scheme.
        changed_port = old_parsed.port != new_parsed.port
        changed_scheme = old_parsed.scheme != new_parsed.scheme
        default_port = (DEFAULT_PORTS.get(old_parsed.scheme, None), None)
        if (
            not changed_scheme
            and old_parsed.port in default_port
            and new_parsed.port in default_port
        ):
            return False

        # Standard case: root URI must match
        return changed_port or changed_scheme

    def resolve_redirects(self, resp, req, proxies=None, yield_requests=False):
        """Receives a Response. Returns a generator of Responses or Requests."""

        hist = []  # keep track of history

        url = self.get_redirect_target(resp)
        previous_fragment = urlparse(req.url).fragment
        while url:
            prepared_request = req.copy()

            # Update history and keep track of redirects.
            # resp.history must ignore the original request in this loop
            hist.append(resp)
            resp.history = hist[1:]

            if len(resp.history) >= self.max_redirects:
                raise TooManyRedirects(f"Exceeded {self.max_redirects} redirects.")

            # Handle redirection without scheme (see: RFC 1808 Section 4)
            if url.startswith("//"):
                url = ":".join([urlparse(resp.url).scheme, url])

            # Normalize url case and attach previous fragment if needed (RFC 7231 7.1.2)
            parsed = urlparse(url)
            if parsed.fragment == "" and previous_fragment:
                parsed = parsed._replace(fragment=previous_fragment)
            elif parsed.fragment:
                previous_fragment = parsed.fragment
            url = parsed.geturl()

            # Facilitate relative 'location' headers, as allowed by RFC 7231.
            # (e.g. '/path/to/resource' instead of 'http://domain.tld/path/to/resource')
            if not parsed.netloc:
                url = urljoin(resp.url, url)

            prepared_request.url = url

            self.rebuild_method(prepared_request, resp)

            # https://github.com/psf/requests/issues/1084
            if resp.status_code not in (307, 308):
                # https://github.com/psf/requests/issues/3490
                purged_headers = ("Content-Length", "Content-Type", "Transfer-Encoding")
                for header in purged_headers:
                    prepared_request.headers.pop(header, None)
                prepared_request.body = None

            # Rebuild auth and proxy information.
            proxies = self.rebuild_proxies(prepared_request, proxies)
            self.rebuild_auth(prepared_request, resp)

            # Override the original request.
            req = prepared_request

            if yield_requests:
                yield req
            else:
                resp = self.send(req, proxies=proxies, allow_redirects=False)

                # extract redirect url, if any, for the next loop
                url = self.get_redirect_target(resp)
                yield resp

    def rebuild_auth(self, prepared_request, response):
        """When being redirected we may want to strip authentication from the
        request to avoid leaking credentials. This method intelligently removes
        and reapplies authentication where possible to avoid credential loss.
        """
        headers = prepared_request.headers
        url = prepared_request.url

        if "Authorization" in headers and self.should_strip_auth(
            response.request.url, url
        ):
            # If we get redirected to a new host, we should strip out any
            # authentication headers.
            del headers["Authorization"]

        # .netrc might have more auth for us on our new host.
        new_auth = get_netrc_auth(url) if self.trust_env else None
        if new_auth is not None:
            prepared_request.prepare_auth(new_auth)

    def rebuild_proxies(self, prepared_request, proxies):
        """This method re-evaluates the proxy configuration by considering the
        environment variables. If we are redirected to a URL covered by
        NO_PROXY, we strip the proxy configuration. Otherwise, we set missing
        proxy keys for this URL (in case they were stripped by a previous
        redirect).

        This method also replaces the Proxy-Authorization header where
        necessary.

        :rtype: dict
        """
        headers = prepared_request.headers
        scheme = urlparse(prepared_request.url).scheme
        new_proxies = resolve_proxies(prepared_request, proxies, self.trust_env)

        if "Proxy-Authorization" in headers:
            del headers["Proxy-Authorization"]

        try:
            username, password = get_auth_from_url(new_proxies[scheme])
        except KeyError:
            username, password = None, None

        if username and password:
            headers["Proxy-Authorization"] = _basic_auth_str(username, password)

        return new_proxies

    def rebuild_method(self, prepared_request, response):
        """When being redirected we may want to change the method of the request
        based on certain specs or browser behavior.
        """
        method = prepared_request.method

        # https://tools.ietf.org/html/rfc7231#section-6.4.4
        # Do what the browsers do, despite standards...
        if response.status_code in (302, 303) and method != "HEAD":
            method = "GET"

        # This bizarre behaviour is explained in Issue 1704.
        if response.status_code == 301 and method == "POST":
            method = "GET"

        prepared_request.method = method


class Session(SessionRedirectMixin):
    """A Requests session: provides proxy and header persistence, and configuration."""

    def __init__(self):
        self.headers = {}
        self.auth = None
        #: Dictionary mapping protocol or protocol and host to the URL of the proxy
        self.proxies = {}
        self.max_redirects = DEFAULT_REDIRECT_LIMIT
        #: Trust environment settings for proxy configuration and default authentication.
        self.trust_env = True
        self.adapters = OrderedDict()

    def request(self, method, url, headers=None, data=None, auth=None, proxies=None, allow_redirects=True):
        """Constructs and prepares a request and sends it.
        Returns :class:`Response <Response>` object.
        """
        prep = PreparedRequest(method.upper(), url, merge_setting(headers, self.headers), data)
        auth = auth or self.auth or (get_netrc_auth(url) if self.trust_env else None)
        if auth:
            prep.prepare_auth(auth)

        proxies = self.merge_environment_settings(prep.url, dict(proxies or {}))
        return self.send(prep, proxies=proxies, allow_redirects=allow_redirects)

    def get(self, url, **kwargs):
        r"""Sends a GET request. Returns :class:`Response` object."""
        return self.request("GET", url, **kwargs)

    def send(self, request, proxies=None, allow_redirects=True):
        """Send a given PreparedRequest."""
        if proxies is None:
            proxies = resolve_proxies(request, self.proxies, self.trust_env)

        r = self.get_adapter(request.url).send(request, proxies=proxies)
        r.url, r.request = request.url, request

        # Resolve redirects if allowed.
        history = []
        if allow_redirects:
            history = list(self.resolve_redirects(r, request, proxies=proxies))

        # Shuffle things around if there's history.
        if history:
            # Insert the first (original) request at the start
            history.insert(0, r)
            # Get the last request made
            r = history.pop()
            r.history = history

        return r

    def merge_environment_settings(self, url, proxies):
        """Check the environment and merge it with the proxies of the session."""
        if self.trust_env:
            no_proxy = proxies.get("no_proxy") if proxies is not None else None
            for (k, v) in get_environ_proxies(url, no_proxy=no_proxy).items():
                proxies.setdefault(k, v)

        return merge_setting(proxies, self.proxies)

    def get_adapter(self, url):
        """Returns the appropriate connection adapter for the given URL."""
        for (prefix, adapter) in self.adapters.items():
            if url.lower().startswith(prefix.lower()):
                return adapter

        raise InvalidSchema(f"No connection adapters were found for {url!r}")

    def mount(self, prefix, adapter):
        """Registers a connection adapter to a prefix."""
        self.adapters[prefix] = adapter
        keys_to_move = [k for k in self.adapters if len(k) < len(prefix)]

        for key in keys_to_move:
            self.adapters[key] = self.adapters.pop(key)
