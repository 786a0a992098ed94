"""A pool of one connection to a host."""

from connection import HTTPConnection
from request import RequestMethods


class HTTPConnectionPool(RequestMethods):
    """
    Connection pool for one host.
    """

    scheme = "http"
    ConnectionCls = HTTPConnection

    def __init__(self, host, port=None, headers=None):
        RequestMethods.__init__(self, headers)
        self.host = host
        self.port = port
        self.num_requests = 0

    def _make_request(self, conn, method, url, chunked=False, **httplib_request_kw):
        """
        Perform a request on a given connection.
        """
        self.num_requests += 1

        # conn.request() calls httplib.*.request, not the method in
        # urllib3.request. It also calls makefile (recv) on the socket.
        if chunked:
            conn.request_chunked(method, url, **httplib_request_kw)
        else:
            conn.request(method, url, **httplib_request_kw)
        return conn.sock.sent()

    def urlopen(self, method, url, body=None, headers=None, chunked=False, **response_kw):
        """
        Get a connection and perform an HTTP request. This is the lowest level
        call for making a request, so you'll need to specify all the raw
        details. What went over the connection is returned.
        """
        if headers is None:
            headers = self.headers

        conn = self.ConnectionCls(self.host, self.port)
        try:
            return self._make_request(
                conn, method, url, body=body, headers=headers, chunked=chunked
            )
        finally:
            conn.close()
