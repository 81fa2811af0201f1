"""Whether the audit log can be written where the settings say."""

import os
from pathlib import Path

from bot.audit import APPENDING, STANDARD_ERROR
from bot.doctor.check import Check, ok, problem
from bot.settings import Settings

WRITTEN = "audit.write"
_REMEDY = "let the bot's user write there, or set KINTSUGI_AUDIT to another file"


def examine(settings: Settings) -> Check:
    """Opens the file as a line would be appended to it, and writes nothing; one that is not there is not begun."""
    file = settings.audit
    if file is None:
        return ok(WRITTEN, "its lines go to the log")
    if file == STANDARD_ERROR:
        return ok(WRITTEN, "its lines go to standard error")
    try:
        os.close(os.open(file, APPENDING))
    except FileNotFoundError:
        return _may_begin(file)
    except (OSError, ValueError) as error:
        return problem(WRITTEN, f"cannot be written ({_why(error)})", _REMEDY, str(file))
    return ok(WRITTEN, "can be appended to", str(file))


def _may_begin(file: Path) -> Check:
    folder = file.absolute().parent
    if not folder.is_dir():
        return problem(
            WRITTEN, f"there is no folder {folder}", "make it, or set KINTSUGI_AUDIT to another file", str(file)
        )
    if not os.access(folder, os.W_OK | os.X_OK):
        return problem(WRITTEN, f"there is none yet, and {folder} cannot be written", _REMEDY, str(file))
    return ok(WRITTEN, f"there is none yet; one may be begun in {folder}", str(file))


def _why(error: OSError | ValueError) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
