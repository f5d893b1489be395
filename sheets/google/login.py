"""A person's login instead of a service account: consent in a browser, once (OAuth 2.0, RFC 8252).

The browser comes back to an address of this machine with a code; the code is changed into the file `connect` reads.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from sheets.google.transport import ask_for_token
from sheets.register import Unreadable


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """A login that was begun: `url` is to be opened in a browser, which comes back to `back`."""

    client: Mapping[str, Any]
    url: str
    back: str
    state: str
    verifier: str


def begin(client_file: Path, back: str, scopes: tuple[str, ...]) -> Login:
    """Begin a login of the program in `client_file` ("OAuth client ID" of type "Desktop app"). Raises Unreadable."""
    client = _client(client_file)
    state, verifier = secrets.token_urlsafe(24), secrets.token_urlsafe(48)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    query = {
        "client_id": client["client_id"],
        "redirect_uri": back,
        "response_type": "code",
        "scope": " ".join(scopes),
        "state": state,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        "access_type": "offline",
        "prompt": "consent",  # only then a refresh token is given a second time, too
    }
    return Login(
        client=client, url=f"{client['auth_uri']}?{urlencode(query)}", back=back, state=state, verifier=verifier
    )


def finish(login: Login, address: str) -> dict[str, Any]:
    """The login as a file's content, from the address the browser came back to. Raises Unreadable, Waiting."""
    said = {key: values[0] for key, values in parse_qs(urlsplit(address.strip()).query).items()}
    if "error" in said:
        raise Unreadable("login-refused", f"Google says {said['error']}")
    if not secrets.compare_digest(said.get("state", ""), login.state) or "code" not in said:
        raise Unreadable("login-refused", "this is not the address Google sent the browser to")
    token = ask_for_token(
        login.client["token_uri"],
        {
            "grant_type": "authorization_code",
            "code": said["code"],
            "code_verifier": login.verifier,
            "redirect_uri": login.back,
            "client_id": login.client["client_id"],
            "client_secret": login.client["client_secret"],
        },
    )
    if "refresh_token" not in token:
        raise Unreadable("login-refused", "Google gave no lasting login")
    kept = {key: login.client[key] for key in ("client_id", "client_secret", "token_uri")}
    return {"type": "authorized_user", **kept, "refresh_token": token["refresh_token"]}


def _client(file: Path) -> Mapping[str, Any]:
    try:
        client = json.loads(file.read_text(encoding="utf-8"))["installed"]
        missing = [key for key in ("client_id", "client_secret", "auth_uri", "token_uri") if not client.get(key)]
    except OSError as error:
        raise Unreadable("no-key", f"{file} cannot be read") from error
    except (ValueError, KeyError, TypeError) as error:
        raise Unreadable("bad-key", f"{file} is not the file of an OAuth client of type Desktop app") from error
    if missing:
        raise Unreadable("bad-key", f"{file} lacks {', '.join(missing)}")
    return client  # type: ignore[no-any-return]
