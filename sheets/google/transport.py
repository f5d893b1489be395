"""The way to Google: the only module that knows gspread, google-auth and requests, and all that goes wrong with them.

Reads are tried again when Google is busy or away, with growing, random pauses, and given up after a while. A write
whose outcome is not known is never sent again from here: that is for the journal to find out first.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gspread
import requests
from google.auth import exceptions as auth
from google.auth.credentials import Credentials
from google.auth.transport.requests import AuthorizedSession
from google.oauth2.credentials import Credentials as UserCredentials
from google.oauth2.service_account import Credentials as ServiceCredentials

from sheets.google.budget import Budget, budget_of
from sheets.google.troubles import Trouble, trouble_of
from sheets.register import Unreadable, Waiting

SCOPES = (
    "https://www.googleapis.com/auth/spreadsheets",
    "https://www.googleapis.com/auth/drive.metadata.readonly",
)
FILES = "https://www.googleapis.com/auth/drive"
"""Asked for only where files are put into a folder: no narrower scope lets an account use a folder made by people."""
TIMEOUT = (5.0, 60.0)
"""Seconds to connect, and to wait for an answer."""
TRIES, PATIENCE = 6, 300.0
"""A request is given up after so many tries, or so many seconds of waiting between them."""
FIRST_TRIES = 3
"""As long as Google has not answered at all: more likely something is wrong here, and somebody waits for `check`."""
_LONGEST = 60.0
_QUOTA_PAUSE = 15.0, 60.0
"""Seconds between tries when the quota is used up and Google does not say more: it is filled up every minute."""
_TOKENS = "https://oauth2.googleapis.com/token"

_LEAN = {"prettyPrint": "false"}
"""Without it every cell of an answer stands on lines of its own, with blanks before."""

_AGENT = "mailbot (gzip)"
"""Google packs its answers only for those who also say so in their name."""

Answer = dict[str, Any]


class Doubt(Exception):
    """A write was sent and no proper answer came: it may have been carried out, or may be later."""


class Rejected(Exception):
    """Google refused the request as it stands (400): nothing was done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoints:
    """Where the services are; another place in tests and in the demo."""

    sheets: str = "https://sheets.googleapis.com"
    drive: str = "https://www.googleapis.com"


class _Client(gspread.HTTPClient):
    """gspread's client with time limits and with the quota counted. It never tries anything again by itself."""

    budget: Budget

    def request(self, method: str, endpoint: str, *args: Any, **more: Any) -> requests.Response:
        if "/v4/spreadsheets" in endpoint:
            self.budget.take("read" if method == "get" else "write")
        response: requests.Response = super().request(method, endpoint, *args, **more)
        return response


class _Service(ServiceCredentials):
    """A service account that speaks to Sheets, Drive and the token endpoint, and to nothing else."""

    def _maybe_start_regional_access_boundary_refresh(self, request: object, url: str) -> None:
        """Do not ask a further service where the key may be used: it is one more host to open a firewall for."""


class Google:
    """A connection under one account. `pause` waits so many seconds between tries."""

    def __init__(
        self,
        client: _Client,
        account: str,
        *,
        endpoints: Endpoints,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._client, self.account, self._at, self._pause = client, account, endpoints, pause
        self._answered = False

    def version(self, book: str) -> str:
        """Drive's number of the file's present version; it only rises.

        Raises Unreadable when the file lies in the bin, or when we may look at it only.
        """
        params = {"fields": "version,trashed,capabilities/canEdit", "supportsAllDrives": "true"}
        answer = self._patiently("get", f"{self._at.drive}/drive/v3/files/{book}", params=params)
        if answer.get("trashed"):
            raise Unreadable("trashed", "the spreadsheet is in the bin: take it out again")
        if not answer.get("capabilities", {}).get("canEdit", True):
            raise Unreadable("read-only", f"{self.account} may only view the spreadsheet: share it as Editor")
        return str(answer["version"])

    def drive(self, method: str, path: str, params: Mapping[str, str], **more: Any) -> Answer:
        """Ask Drive something else; `path` may be a whole address. Raises Waiting, Unreadable, Rejected, Doubt."""
        url = path if path.startswith("http") else self._at.drive + path
        everywhere = {"supportsAllDrives": "true", **params} if params else None
        return self._patiently(method, url, params=everywhere, **more)

    def read(self, book: str, ranges: Sequence[str], fields: str) -> Answer:
        """What the mask `fields` asks of a spreadsheet. Raises Waiting, Unreadable, Rejected for an unknown range."""
        params = {"ranges": list(ranges), "fields": fields, **_LEAN}
        return self._patiently("get", f"{self._at.sheets}/v4/spreadsheets/{book}", params=params)

    def values(self, book: str, tab: str) -> list[list[Any]]:
        """The values of a tab as they are held, dates as numbers, without trailing blanks; raises as `read` does."""
        params = {
            "ranges": tab,
            "valueRenderOption": "UNFORMATTED_VALUE",
            "dateTimeRenderOption": "SERIAL_NUMBER",
            "fields": "valueRanges.values",
            **_LEAN,
        }
        url = f"{self._at.sheets}/v4/spreadsheets/{book}/values:batchGet"
        parts = self._patiently("get", url, params=params).get("valueRanges") or [{}]
        return parts[0].get("values", [])  # type: ignore[no-any-return]

    def batch(self, book: str, body: Mapping[str, Any], fields: str) -> Answer:
        """Carry out a batchUpdate, all or nothing. Raises Doubt, Rejected, Waiting or Unreadable."""
        url = f"{self._at.sheets}/v4/spreadsheets/{book}:batchUpdate"
        return self._patiently("post", url, params={"fields": fields, **_LEAN}, json=body)

    def _patiently(self, method: str, url: str, **more: Any) -> Answer:
        waited, allowed = 0.0, TRIES if self._answered else min(FIRST_TRIES, TRIES)
        for tries in range(1, allowed + 1):
            trouble = self._once(method, url, more)
            if not isinstance(trouble, Trouble):
                self._answered = True
                return trouble
            if trouble.rejected:
                raise Rejected(trouble.detail)
            if trouble.permanent:
                raise Unreadable(trouble.reason, trouble.detail.format(account=self.account))
            if method != "get" and trouble.doubtful:
                raise Doubt(trouble.detail)
            least, most = _QUOTA_PAUSE if trouble.over_quota else (0.0, min(_LONGEST, 2.0**tries))
            wait = trouble.retry_after or random.uniform(least, most)  # noqa: S311 - spreads the load
            waited += wait
            if tries == allowed or waited > PATIENCE:
                break
            self._pause(wait)
        raise Waiting("unreachable")

    def _once(self, method: str, url: str, more: Mapping[str, Any]) -> Answer | Trouble:
        try:
            response = self._client.request(method, url, **more)
            # An announced upload is answered with where to send it, and with nothing else.
            answer = response.json() if response.content else {"location": response.headers.get("Location", "")}
        except gspread.exceptions.APIError as error:
            failed = error.response
            return trouble_of(failed.status_code, failed.text, failed.headers.get("Retry-After", ""))
        except auth.RefreshError as error:
            return _login_trouble(error)
        except (auth.TransportError, requests.ConnectionError, requests.Timeout) as error:
            # A connection that was never made has carried nothing.
            never = isinstance(error, auth.TransportError | requests.ConnectTimeout)
            return Trouble(reason="unreachable", detail=type(error).__name__, doubtful=not never)
        except requests.RequestException as error:  # an answer that ends early or is no JSON
            return Trouble(reason="unreachable", detail=type(error).__name__, doubtful=True)
        return answer if isinstance(answer, dict) else Trouble(reason="unreachable", detail="no object", doubtful=True)


def ask_for_token(url: str, form: Mapping[str, str]) -> Answer:
    """Change a code into a token. Raises Unreadable when Google refuses it, Waiting when Google is away."""
    try:
        response = requests.post(url, data=form, timeout=TIMEOUT)
        answer = response.json()
    except requests.RequestException as error:
        raise Waiting("unreachable") from error
    if response.status_code != 200 or not isinstance(answer, dict):
        said = answer.get("error_description") or answer.get("error") if isinstance(answer, dict) else ""
        raise Unreadable("login-refused", f"Google says {said or response.status_code}")
    return answer


def _login_trouble(error: auth.RefreshError) -> Trouble:
    """Google gave no token: for now, or because of the key, or because of the clock."""
    text = str(error)
    if error.retryable:
        return Trouble(reason="unreachable", detail="login")
    if "timeframe" in text or "iat and exp" in text:
        detail = "Google finds this machine's clock wrong: set it (NTP)"
        return Trouble(reason="clock-wrong", detail=detail, permanent=True)
    if "expired or revoked" in text:
        return Trouble(reason="login-ended", detail="the login has ended: log in again", permanent=True)
    if "invalid_scope" in text:
        detail = "the login was made for less than this: log in again"
        return Trouble(reason="login-ended", detail=detail, permanent=True)
    detail = "Google does not accept the key file: make a new key for the service account"
    return Trouble(reason="bad-key", detail=detail, permanent=True)


def connect(
    key_file: Path,
    *,
    endpoints: Endpoints | None = None,
    pause: Callable[[float], None] = time.sleep,
    files: bool = False,
) -> Google:
    """Log in with a key file: of a service account, or of a person (`authorized_user`). Nothing is sent yet.

    `files`: also to put files into Drive.

    Raises Unreadable (`no-key`, `bad-key`) when the file is missing or is none.
    """
    try:
        info = json.loads(key_file.read_text(encoding="utf-8"))
        account, credentials = _credentials(info, (*SCOPES, FILES) if files else SCOPES)
    except OSError as error:
        raise Unreadable("no-key", f"the key file {key_file} cannot be read") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Unreadable("bad-key", f"{key_file} is not the key file of a service account") from error
    client = _Client(credentials, AuthorizedSession(credentials))  # type: ignore[no-untyped-call]
    client.budget = budget_of(account)
    client.set_timeout(TIMEOUT)
    client.session.headers["User-Agent"] = _AGENT
    return Google(client, account, endpoints=endpoints or Endpoints(), pause=pause)


def _credentials(info: Mapping[str, Any], scopes: Sequence[str]) -> tuple[str, Credentials]:
    if info.get("type") == "authorized_user":
        user = UserCredentials(  # type: ignore[no-untyped-call]
            None,
            refresh_token=info["refresh_token"],
            client_id=info["client_id"],
            client_secret=info["client_secret"],
            token_uri=info.get("token_uri", _TOKENS),
            scopes=scopes,
        )
        return str(info.get("account") or info["client_id"]), user
    service = _Service.from_service_account_info(info, scopes=scopes)  # type: ignore[no-untyped-call]
    return str(service.service_account_email), service
