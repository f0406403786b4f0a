"""A small OpenID provider of the tests' own: discovery, authorization, token, userinfo, keys.

It answers as GitHub does too, which has no OpenID: what docs.github.com says of its OAuth apps.
"""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

if TYPE_CHECKING:
    from pytest_django.fixtures import SettingsWrapper

CLIENT, SECRET = "slipway", "a-secret-of-the-tests"


@dataclass
class Provider:
    """Who signs in there, and what it was asked. `says` takes the place of parts of discovery."""

    url: str = ""
    person: dict[str, Any] = field(default_factory=dict)
    addresses: list[dict[str, Any]] | None = None  # as GitHub lists them; None: it does not say
    says: dict[str, Any] = field(default_factory=dict)
    claims: dict[str, Any] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)


@lru_cache(maxsize=1)
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def use(kept: Provider, settings: "SettingsWrapper") -> None:
    """Lets people sign in by it, as "Our login"."""
    app = {
        "provider_id": "openid",
        "name": "Our login",
        "client_id": CLIENT,
        "secret": SECRET,
        "settings": {"server_url": kept.url},
    }
    settings.OPENID_SERVER_URL = kept.url
    settings.SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}
    }


@contextmanager
def provider() -> Iterator[Provider]:
    kept = Provider(
        person={
            "sub": "7",
            "email": "grace@example.org",
            "email_verified": True,
            "preferred_username": "grace",
            "name": "Grace Hopper",
        }
    )

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            kept.asked.append(parts.path)
            if parts.path in ("/authorize", "/login/oauth/authorize"):
                self._authorize(dict(parse_qsl(parts.query)))
            elif parts.path == "/elsewhere":
                self._answer(302, b"", Location=f"{kept.url}/userinfo")
            elif parts.path == "/endless":
                self._answer(200, b"x" * 2_000_000)
            elif parts.path == "/userinfo":
                is_known = self.headers["Authorization"] == "Bearer an-access-token"
                self._json(kept.person if is_known else {}, 200 if is_known else 401)
            elif parts.path in ("/user", "/user/emails"):
                self._as_github(kept.person if parts.path == "/user" else kept.addresses)
            elif parts.path == "/keys":
                jwk = jwt.algorithms.RSAAlgorithm.to_jwk(key().public_key(), as_dict=True)
                self._json({"keys": [{**jwk, "kid": "1", "alg": "RS256"}]})
            elif parts.path == "/.well-known/openid-configuration":
                self._json(self._discovery() | kept.says)
            else:
                self._json({}, 404)

        def do_POST(self) -> None:
            kept.asked.append(self.path)
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            sent = {name: values[0] for name, values in parse_qs(body).items()}
            asked = kept.codes.pop(sent.get("code", ""), None)
            if asked is None or not self._is_client(sent, asked):
                self._json({"error": "invalid_grant"}, 400)
                return
            if self.path == "/login/oauth/access_token":
                form = urlencode({"access_token": "an-access-token", "token_type": "bearer"})
                self._answer(200, form.encode(), "application/x-www-form-urlencoded")
                return
            now = int(time.time())
            claims = {"iss": kept.url, "aud": CLIENT, "iat": now, "exp": now + 60, **kept.person}
            token = jwt.encode(claims | kept.claims, key(), algorithm="RS256", headers={"kid": "1"})
            self._json({"access_token": "an-access-token", "id_token": token})

        def _is_client(self, sent: dict[str, str], asked: dict[str, str]) -> bool:
            digest = hashlib.sha256(sent.get("code_verifier", "").encode()).digest()
            challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
            return (
                (sent.get("client_id"), sent.get("client_secret")) == (CLIENT, SECRET)
                and sent.get("redirect_uri") == asked["redirect_uri"]
                and challenge == asked["code_challenge"]
            )

        def _discovery(self) -> dict[str, Any]:
            return {
                "issuer": kept.url,
                "authorization_endpoint": f"{kept.url}/authorize",
                "token_endpoint": f"{kept.url}/token",
                "userinfo_endpoint": f"{kept.url}/userinfo",
                "jwks_uri": f"{kept.url}/keys",
                "token_endpoint_auth_methods_supported": ["client_secret_post"],
            }

        def _authorize(self, asked: dict[str, str]) -> None:
            code = secrets.token_urlsafe(8)
            kept.codes[code] = asked
            back = urlencode({"code": code, "state": asked["state"]})
            self._answer(302, b"", Location=f"{asked['redirect_uri']}?{back}")

        def _as_github(self, said: Any) -> None:
            is_known = self.headers["Authorization"] == "token an-access-token"
            self._json(said, 404 if said is None else 200 if is_known else 401)

        def _json(self, said: Any, status: int = 200) -> None:
            self._answer(status, json.dumps(said).encode())

        def _answer(
            self, status: int, body: bytes, kind: str = "application/json", **headers: str
        ) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        kept.url = f"http://127.0.0.1:{server.server_address[1]}"
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield kept
        server.shutdown()
