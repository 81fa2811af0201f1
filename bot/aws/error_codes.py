"""What the codes of AWS's errors mean, whichever service gives them; and what is said without credentials."""

from enum import StrEnum


class Meaning(StrEnum):
    """What an error says; also how a call that ended with it is told to `bot.telemetry.Telemetry`."""

    ABSENT = "absent"
    DENIED = "denied"
    THROTTLED = "throttled"
    CREDENTIALS = "credentials"
    FAILED = "failed"


_CODES = {
    Meaning.ABSENT: ("NotFoundException", "ResourceNotFoundException", "NoSuchEntity", "InvalidVpcEndpointId.NotFound"),
    Meaning.DENIED: (
        "AccessDenied",
        "AccessDeniedException",
        "UnauthorizedOperation",
        "ForbiddenException",
        "AuthorizationError",
    ),
    Meaning.THROTTLED: (
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "TooManyRequestsException",
        "RequestLimitExceeded",
    ),
    Meaning.CREDENTIALS: (
        "AuthFailure",
        "ExpiredToken",
        "ExpiredTokenException",
        "IncompleteSignature",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "RequestExpired",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    ),
}
NO_CREDENTIALS = "there are no AWS credentials"
GIVE_CREDENTIALS = "set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run where there is a role"
_NOT_ENABLED = ("OptInRequired",)
_OF_THE_CLOCK = ("Signature expired", "Signature not yet current", "RequestTimeTooSkewed", "RequestExpired")
"""Codes, and of `SignatureDoesNotMatch`, which also says other things, the beginnings of what it says of the time."""
_BY_CODE = {code: meaning for meaning, codes in _CODES.items() for code in codes}


def meaning_of(code: str) -> Meaning:
    """What a code says; FAILED where it is none of those that say more."""
    return _BY_CODE.get(code, Meaning.FAILED)


def is_not_enabled(told: str) -> bool:
    """Whether an error, as `code: message`, says that the service, or the region, is not enabled for the account."""
    return told.startswith(_NOT_ENABLED)


def is_of_the_clock(told: str) -> bool:
    """Whether an error, as `code: message`, says that the request was signed at another time than AWS's."""
    code, _, message = told.partition(": ")
    return code in _OF_THE_CLOCK or message.startswith(_OF_THE_CLOCK)
