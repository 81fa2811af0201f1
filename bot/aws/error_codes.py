"""What the codes of AWS's errors mean, whichever service gives them."""

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
_BY_CODE = {code: meaning for meaning, codes in _CODES.items() for code in codes}


def meaning_of(code: str) -> Meaning:
    """What a code says; FAILED where it is none of those that say more."""
    return _BY_CODE.get(code, Meaning.FAILED)
