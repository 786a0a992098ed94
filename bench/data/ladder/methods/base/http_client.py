"""A stand-in of http.client: what is sent goes into a buffer, and nothing goes over a network."""

import re

_CS_IDLE = 'Idle'
_CS_REQ_STARTED = 'Request-started'
_CS_REQ_SENT = 'Request-sent'

_is_legal_header_name = re.compile(rb'[^:\s][^:\r\n]*').fullmatch
_is_illegal_header_value = re.compile(rb'\n(?![ \t])|\r(?![ \t\n])').search
# These characters are not allowed within HTTP URL paths.
_contains_disallowed_url_pchar_re = re.compile('[\x00-\x20\x7f]')

# We always set the Content-Length header for these methods because some
# servers will otherwise respond with a 411
_METHODS_EXPECTING_BODY = {'PATCH', 'POST', 'PUT'}


class HTTPException(Exception):
    pass


class InvalidURL(HTTPException):
    pass


class CannotSendRequest(HTTPException):
    pass


class CannotSendHeader(HTTPException):
    pass


class BufferSocket(object):
    """Keeps what is sent."""

    def __init__(self):
        self._chunks = []

    def sendall(self, data):
        self._chunks.append(bytes(data))

    def sent(self):
        return b''.join(self._chunks)


class HTTPConnection(object):
    _http_vsn_str = 'HTTP/1.1'
    default_port = 80

    @staticmethod
    def _get_content_length(body, method):
        """Get the content-length based on the body."""
        if body is None:
            return 0 if method.upper() in _METHODS_EXPECTING_BODY else None
        return len(body) if isinstance(body, (str, bytes, bytearray)) else None

    def __init__(self, host, port=None):
        self.sock = None
        self._buffer = []
        self.__state = _CS_IDLE
        self._method = None
        self.host = host
        self.port = self.default_port if port is None else port

    def connect(self):
        """Connect to the host and port specified in __init__."""
        self.sock = BufferSocket()

    def close(self):
        """Close the connection to the HTTP server."""
        self.__state = _CS_IDLE
        self.sock = None

    def send(self, data):
        """Send `data' to the server."""
        if self.sock is None:
            self.connect()
        self.sock.sendall(data)

    def _output(self, s):
        """Add a line of output to the current request buffer."""
        self._buffer.append(s)

    def _send_output(self, message_body=None, encode_chunked=False):
        """Send the currently buffered request and clear the buffer.

        Appends an extra \\r\\n to the buffer.
        A message_body may be specified, to be appended to the request.
        """
        self._buffer.extend((b"", b""))
        msg = b"\r\n".join(self._buffer)
        del self._buffer[:]
        self.send(msg)

        if message_body is not None:
            if isinstance(message_body, (bytes, bytearray, memoryview)):
                chunks = (message_body,)
            else:
                chunks = iter(message_body)

            for chunk in chunks:
                if not chunk:
                    continue

                if encode_chunked:
                    # chunked encoding
                    chunk = f'{len(chunk):X}\r\n'.encode('ascii') + chunk \
                        + b'\r\n'
                self.send(chunk)

            if encode_chunked:
                # end chunked transfer
                self.send(b'0\r\n\r\n')

    def putrequest(self, method, url, skip_host=False,
                   skip_accept_encoding=False):
        """Send a request to the server.

        `skip_host' if True does not add automatically a 'Host:' header
        `skip_accept_encoding' if True does not add automatically an
           'Accept-Encoding:' header
        """

        if self.__state == _CS_IDLE:
            self.__state = _CS_REQ_STARTED
        else:
            raise CannotSendRequest(self.__state)

        # Save the method for use later in the response phase
        self._method = method

        url = url or '/'
        self._validate_path(url)

        request = '%s %s %s' % (method, url, self._http_vsn_str)

        self._output(self._encode_request(request))

        # Issue some standard headers for better HTTP/1.1 compliance
        if not skip_host:
            host = self.host.encode("idna").decode("ascii")
            if host.find(':') >= 0:
                # As per RFC 273, IPv6 address should be wrapped with []
                # when used as Host header
                host = '[' + host + ']'
            if self.port == self.default_port:
                self.putheader('Host', host)
            else:
                self.putheader('Host', "%s:%s" % (host, self.port))

        # we only want a Content-Encoding of "identity" since we don't
        # support encodings such as x-gzip or x-deflate.
        if not skip_accept_encoding:
            self.putheader('Accept-Encoding', 'identity')

    def _encode_request(self, request):
        # ASCII also helps prevent CVE-2019-9740.
        return request.encode('ascii')

    def _validate_path(self, url):
        """Validate a url for putrequest."""
        # Prevent CVE-2019-9740.
        match = _contains_disallowed_url_pchar_re.search(url)
        if match:
            raise InvalidURL(f"URL can't contain control characters. {url!r} "
                             f"(found at least {match.group()!r})")

    def putheader(self, header, *values):
        """Send a request header line to the server.

        For example: h.putheader('Accept', 'text/html')
        """
        if self.__state != _CS_REQ_STARTED:
            raise CannotSendHeader()

        if hasattr(header, 'encode'):
            header = header.encode('ascii')

        if not _is_legal_header_name(header):
            raise ValueError('Invalid header name %r' % (header,))

        values = list(values)
        for i, one_value in enumerate(values):
            if hasattr(one_value, 'encode'):
                values[i] = one_value.encode('latin-1')
            elif isinstance(one_value, int):
                values[i] = str(one_value).encode('ascii')

            if _is_illegal_header_value(values[i]):
                raise ValueError('Invalid header value %r' % (values[i],))

        value = b'\r\n\t'.join(values)
        header = header + b': ' + value
        self._output(header)

    def endheaders(self, message_body=None, *, encode_chunked=False):
        """Indicate that the last header line has been sent to the server."""
        if self.__state == _CS_REQ_STARTED:
            self.__state = _CS_REQ_SENT
        else:
            raise CannotSendHeader()
        self._send_output(message_body, encode_chunked=encode_chunked)

    def request(self, method, url, body=None, headers={}, *,
                encode_chunked=False):
        """Send a complete request to the server."""
        self._send_request(method, url, body, headers, encode_chunked)

    def _send_request(self, method, url, body, headers, encode_chunked):
        # Honor explicitly requested Host: and Accept-Encoding: headers.
        header_names = frozenset(k.lower() for k in headers)
        skips = {}
        if 'host' in header_names:
            skips['skip_host'] = 1
        if 'accept-encoding' in header_names:
            skips['skip_accept_encoding'] = 1

        self.putrequest(method, url, **skips)

        if 'content-length' not in header_names:
            if 'transfer-encoding' not in header_names:
                encode_chunked = False
                content_length = self._get_content_length(body, method)
                if content_length is None:
                    if body is not None:
                        encode_chunked = True
                        self.putheader('Transfer-Encoding', 'chunked')
                else:
                    self.putheader('Content-Length', str(content_length))
        else:
            encode_chunked = False

        for hdr, value in headers.items():
            self.putheader(hdr, value)
        if isinstance(body, str):
            body = body.encode("latin-1")
        self.endheaders(body, encode_chunked=encode_chunked)
