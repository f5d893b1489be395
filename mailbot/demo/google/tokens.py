"""The token endpoint: a service account proves with its key who it is. Rests on Google's documentation (RFC 7523)."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from mailbot.clock import machine_clock
from mailbot.demo.google.book import ME

_LEEWAY = 600
"""Seconds a clock may be wrong."""


@dataclass(slots=True)
class Tokens:
    """Keys and persons' logins known, tokens given. `ahead`: by how many seconds Google's clock differs from ours."""

    keys: dict[str, rsa.RSAPublicKey] = field(default_factory=dict)
    given: dict[str, str] = field(default_factory=dict)
    ahead: float = 0
    count: int = 0
    logins: set[str] = field(default_factory=set)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    allowed: dict[str, set[str]] = field(default_factory=dict)

    def new_key_file(self, path: Path, url: str) -> Path:
        """Make a service account's key file whose tokens are asked for at `url`."""
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.keys[ME] = key.public_key()
        form = serialization.PrivateFormat.PKCS8
        pem = key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
        account = {
            "type": "service_account",
            "project_id": "local",
            "private_key_id": "1",
            "private_key": pem.decode(),
            "client_email": ME,
            "client_id": "1",
            "token_uri": url + "/token",
        }
        path.write_text(json.dumps(account))
        return path

    def grant(self, body: str) -> tuple[int, dict[str, Any]]:
        """Answer a request for a token."""
        form = parse_qs(body)
        if "code" in form:
            return self._first({key: values[0] for key, values in form.items()})
        if "refresh_token" in form:
            return self._of_a_person(form["refresh_token"][0], set(form.get("scope", [""])[0].split()))
        assertion = form["assertion"][0]
        head, claims, signature = assertion.split(".")
        said = json.loads(_decoded(claims))
        now = machine_clock().timestamp() + self.ahead
        try:
            signed = f"{head}.{claims}".encode()
            self.keys[said["iss"]].verify(_decoded(signature), signed, padding.PKCS1v15(), hashes.SHA256())
        except (KeyError, InvalidSignature):
            return 400, {"error": "invalid_grant", "error_description": "Invalid JWT Signature."}
        if not said["iat"] - _LEEWAY <= now <= said["exp"] + _LEEWAY:
            return 400, {
                "error": "invalid_grant",
                "error_description": "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable "
                "timeframe. Check your iat and exp values in the JWT claim.",
            }
        return self._given(said["iss"])

    def consent(self, query: dict[str, list[str]]) -> str:
        """Somebody allows access in his browser: where it is sent then (RFC 6749, 7636)."""
        asked = {key: values[0] for key, values in query.items()}
        code = f"code-{len(self.codes)}"
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'state': asked['state'], 'code': code})}"

    def _first(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        asked = self.codes.pop(form["code"], {})
        proof = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(b"=").decode()
        if asked.get("code_challenge") != proof or asked["redirect_uri"] != form["redirect_uri"]:
            return 400, {"error": "invalid_grant", "error_description": "Malformed auth code."}
        login = f"login-{len(self.logins)}"
        self.logins.add(login)
        self.allowed[login] = set(asked["scope"].split())
        status, answer = self._given("a person")
        return status, {**answer, "refresh_token": login}

    def _of_a_person(self, refresh_token: str, scopes: set[str]) -> tuple[int, dict[str, Any]]:
        if refresh_token not in self.logins:
            return 400, {"error": "invalid_grant", "error_description": "Token has been expired or revoked."}
        if not scopes <= self.allowed.get(refresh_token, scopes):
            return 400, {"error": "invalid_scope", "error_description": "Bad Request"}
        return self._given("a person")

    def _given(self, to: str) -> tuple[int, dict[str, Any]]:
        self.count += 1
        token = f"token-{self.count}"
        self.given[token] = to
        return 200, {"access_token": token, "expires_in": 3599, "token_type": "Bearer"}

    def of_staff(self) -> str:
        """A token of somebody who works in the sheet."""
        return str(self._given("staff")[1]["access_token"])

    def good(self, token: str) -> bool:
        return token in self.given


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
