"""Which kind of policy denies a call that no permission of the caller's own would allow, read from AWS's words."""

import re2

from bot.model import DenyingPolicy

REMEDIES = {
    DenyingPolicy.IDENTITY_BASED: "change the statement that denies it in a policy of the bot's own identity",
    DenyingPolicy.RESOURCE_BASED: "have the owner of the resource allow it in the resource-based policy",
    DenyingPolicy.SERVICE_CONTROL: "have the organization's administrators allow it in its service control policies",
    DenyingPolicy.RESOURCE_CONTROL: "have the organization's administrators allow it in its resource control policies",
    DenyingPolicy.PERMISSIONS_BOUNDARY: "allow it in the permissions boundary of the bot's own identity",
    DenyingPolicy.SESSION: "allow it in the session policy of the bot's credentials",
    DenyingPolicy.VPC_ENDPOINT: "allow it in the policy of the VPC endpoint through which the bot calls AWS",
    DenyingPolicy.OTHER: "find the policy that denies it, and allow it there",
}
"""What operators are told to do."""

# As in "Access denied error message examples" (IAM/latest/UserGuide/troubleshoot_access-denied). The policy's ARN may
# follow, or an encoded message of EC2's. Not every service names the type; some only say "with an explicit deny".
_TYPE = r"((?:[A-Za-z-]+ ){0,3}(?:policy|boundary))"
_EXPLICIT = re2.compile(rf"(?i)\bexplicit deny\b(?: in (?:an?|the) {_TYPE}\b)?")
_IMPLICIT = re2.compile(rf"(?i)\bbecause no {_TYPE} allows\b")
_IDENTITY_BASED = "identity-based policy"
_KINDS = {
    _IDENTITY_BASED: DenyingPolicy.IDENTITY_BASED,
    "resource-based policy": DenyingPolicy.RESOURCE_BASED,
    "service control policy": DenyingPolicy.SERVICE_CONTROL,
    "resource control policy": DenyingPolicy.RESOURCE_CONTROL,
    "permissions boundary": DenyingPolicy.PERMISSIONS_BOUNDARY,
    "session policy": DenyingPolicy.SESSION,
    "vpc endpoint policy": DenyingPolicy.VPC_ENDPOINT,
}


def denied_by(message: str) -> DenyingPolicy | None:
    """The kind of policy that has to change before the call is allowed.

    None where a statement in an identity-based policy is all that is known to be missing.
    """
    message = message.encode("utf-8", "replace").decode()  # RE2 reads no half of a surrogate pair
    if explicit := _EXPLICIT.search(message):
        return _KINDS.get((explicit[1] or "").lower(), DenyingPolicy.OTHER)
    implicit = _IMPLICIT.search(message)
    if implicit is None or implicit[1].lower() == _IDENTITY_BASED:
        return None
    return _KINDS.get(implicit[1].lower(), DenyingPolicy.OTHER)
