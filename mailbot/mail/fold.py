"""The one folding under which words are compared: width, script and case."""

from __future__ import annotations

import unicodedata

from mailbot.mail.language import simplified


def fold(text: str) -> str:
    """Fold `text`: full width to half, traditional to simplified, capitals to small. The length may change."""
    return simplified(unicodedata.normalize("NFKC", text)).casefold()
