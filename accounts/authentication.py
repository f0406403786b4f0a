"""Who sends a request to the API: a token's owner, or somebody who signed in on our pages."""

from rest_framework.authentication import SessionAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from config import addresses

from . import tokens
from .models import Token, User

SCHEMES = (b"bearer", b"token")
HOW = "Send it as the header `Authorization: Bearer slip_...`."


class TokenAuthentication(SessionAuthentication):
    """`request.auth` is the token, or None for a session, which proves itself to change things.

    A header that is there decides alone: a wrong token never falls back to the session.
    """

    def authenticate(self, request: Request) -> tuple[User, Token | None] | None:
        header = get_authorization_header(request)
        if not header:
            return super().authenticate(request)
        token = _token(header)
        tokens.note_use(token, addresses.of(request._request))
        token.user.token = token  # whoever asks what they reach minds it
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="slipway"'


def _token(header: bytes) -> Token:
    scheme, _space, sent = header.partition(b" ")
    if scheme.lower() not in SCHEMES:
        raise AuthenticationFailed(f"Only tokens are taken here. {HOW}")
    text = sent.strip().decode(errors="replace")
    if not text:
        raise AuthenticationFailed(f"The header Authorization holds no token. {HOW}")
    token = tokens.find_usable(text)
    if token is None:
        raise AuthenticationFailed(tokens.why_not(text))
    return token
