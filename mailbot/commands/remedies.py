"""What `mailbot check` tells the operator to do about what it found."""

from __future__ import annotations

REMEDIES = {
    "mailbox": "check host, port and security in [mailbox] of config.toml, and whether the server is up",
    "sending": "check host, port and security in [smtp] of config.toml, and whether the server is up",
    "register": "check path in [register] of config.toml; `mailbot init` makes an empty register",
    "google": "check that this machine reaches sheets., www. and oauth2.googleapis.com (port 443)",
    "ledger": "check url in [ledger] of config.toml",
}
"""What to do when a probe fails and the error itself does not say."""

GOOGLE_REMEDIES = {
    "no-key": "set credentials in [register] to the key file; docs/google.md, step 3",
    "bad-key": "make a new key for the service account and put its file there; docs/google.md, step 3",
    "login-ended": "run `mailbot google login` again; docs/google.md, “A person's login”",
    "clock-wrong": "set the clock of this machine, best by NTP",
    "api-off": "enable both APIs in the project of the key, then wait a few minutes; docs/google.md, step 2",
    "not-shared": "share the spreadsheet with that address as Editor; docs/google.md, step 4",
    "read-only": "change its role to Editor in the Share dialog; docs/google.md, step 4",
    "no-such-spreadsheet": "set spreadsheet in [register] to the address the browser shows; docs/google.md, step 5",
    "not-a-sheet": "in Drive: File → Save as Google Sheets; then share that one and put its address into [register]",
    "trashed": "restore it in Google Drive",
    "sheet-full": "delete blank rows and columns, and tabs nobody needs",
    "storage-full": "make room in the Google Drive of the spreadsheet's owner",
    "protected": "allow that address under Data → Protect sheets and ranges",
    "no-folder": "correct drive_folder in [register], and share that folder with the account as Content manager",
    "folder-read-only": "share that folder with the account as Content manager or Editor",
    "no-such-tab": "correct tab in [register]; `mailbot init` makes the tab when there is none",
    "no-identity": "give the column of the complaint numbers its heading back",
    "no-dashboard": "go on without, or send what it says to whoever looks after mailbot",
    "set-up-refused": "send what it says to whoever looks after mailbot",
    "not-kept": "make room on that disk, or give the account mailbot runs under the right to write there",
    "no-header": "name the right tab in [register]; `mailbot init` makes the headings in an empty one",
}
"""What to do about each way in which a Google Sheet cannot be used, by the reason of the error."""
