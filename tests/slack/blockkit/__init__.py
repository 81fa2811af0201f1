"""An oracle of what Slack accepts: its published types say what fits together, its documentation how long it may be.

Nothing here comes from the code under test. The types are those of the npm package @slack/types 3.2.0 (MIT, see
slack_types.LICENSE), as a JSON Schema that `make slack-types` makes; the lengths are from
https://docs.slack.dev/reference/block-kit.
"""

from tests.slack.blockkit.checks import check_message, check_view
from tests.slack.blockkit.complaint import NotAccepted
from tests.slack.blockkit.texts import MOST_TEXT, text_of

__all__ = ["MOST_TEXT", "NotAccepted", "check_message", "check_view", "text_of"]
