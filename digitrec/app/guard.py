"""Who may ask: the names that the application goes by, the pages that may use it, and the token.

Browsers let any page send requests to this machine, and let a name lead here that led elsewhere
before. So a request says which name was asked for, and from which page, and both must be ours.
"""

import hmac
from collections.abc import Collection

from flask import Flask, redirect, request
from werkzeug.exceptions import Forbidden
from werkzeug.wrappers import Response

HERE = frozenset({"127.0.0.1", "localhost", "[::1]"})
COOKIE = "digitrec"
ADDRESS = "token"  # the parameter of the address that has the token
MONTH = 30 * 24 * 3600  # seconds; the token itself lasts until the application ends

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
        "connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class Guard:
    """Refuses requests that are not for us, and marks the answers.

    Args:
        hosts: Names and addresses that the application goes by, without a port.
        origins: Other pages that may use it, such as "https://example.org".
        token: Without it nothing is answered; None is for everyone who gets here.
    """

    def __init__(self, hosts: Collection[str], origins: Collection[str], token: str | None):
        self._hosts, self._origins, self._token = hosts, origins, token

    def watch(self, app: Flask) -> None:
        """Check each request to an application, and mark each of its answers."""
        app.before_request(self._check)
        app.after_request(self._mark)

    def _check(self) -> Response | None:
        name, _, port = request.headers.get("Host", "").rpartition(":")
        if not port.isdecimal():  # there is none
            name = request.headers.get("Host", "")
        if name.lower() not in self._hosts:
            raise Forbidden("this application does not go by that name: open the address it showed")
        origin = request.headers.get("Origin")
        if not self._is_ours(origin) and origin not in self._origins:
            raise Forbidden("pages of others may not use this application")
        if request.method == "OPTIONS" and origin in self._origins:
            return Response(status=204)  # browsers ask so, without a token, before they send more
        return self._check_token() if self._token else None

    def _is_ours(self, origin: str | None) -> bool:
        if origin is None:
            # Older browsers do not tell the page; newer ones at least say whether it is ours.
            return request.headers.get("Sec-Fetch-Site") != "cross-site" or request.method == "GET"
        return origin == f"{request.scheme}://{request.headers.get('Host')}"

    def _check_token(self) -> Response | None:
        if self._is_token(request.cookies.get(COOKIE)):
            return None
        if self._is_token(request.headers.get("Authorization", "").removeprefix("Bearer ")):
            return None
        if not self._is_token(request.args.get(ADDRESS)):
            raise Forbidden("open the address that digitrec showed when it was started")
        if request.method != "GET":
            return None
        answer = redirect(request.path)  # so that the token stays in no history
        # Lax: whoever comes here by a link sends the cookie too, but no page of others can post.
        secure = request.is_secure
        answer.set_cookie(
            COOKIE, self._token or "", MONTH, secure=secure, httponly=True, samesite="Lax"
        )
        return answer

    def _is_token(self, text: str | None) -> bool:
        return hmac.compare_digest((text or "").encode(), (self._token or "").encode())

    def _mark(self, response: Response) -> Response:
        response.headers.update(HEADERS)
        response.headers.setdefault("Cache-Control", "no-store")
        origin = request.headers.get("Origin")
        if origin in self._origins:
            response.headers["Access-Control-Allow-Origin"] = origin
            response.headers["Access-Control-Allow-Headers"] = "Authorization, Content-Type"
            response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
            response.headers["Vary"] = "Origin"
        return response
