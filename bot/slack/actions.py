"""The names by which Slack tells us what was pressed, chosen, submitted or called.

Messages outlive releases: another meaning needs another name, hence the versions.
"""

COMMAND = "/diagnose"
MESSAGE_SHORTCUT = "diagnose_message_v1"

CHECK_AGAIN = "check_again_v1"
EVIDENCE = "evidence_v1"
REST = "rest_of_answer_v1"
LANGUAGE = "language_v1"
CANDIDATE = "candidate_v1"
SHARE = "share_reply_v1"
HELPFUL = "helpful_v1"
WRONG = "wrong_v1"
ASK = "ask_v1"
OWN_LANGUAGE = "own_language_v1"

ASK_FORM = "ask_form_v1"
WRONG_FORM = "wrong_form_v1"

PASTE_FIELD = "paste"
LANGUAGE_FIELD = "language"
ACCOUNT_FIELD = "account"
REGION_FIELD = "region"
COMMENT_FIELD = "comment"
"""The fields of the forms: block_id and action_id of each input are the same."""

ANY = "any"
"""The value of a choice that leaves it open."""
