"""What comes with success and is no answer of AWS's is refused: botocore would read it as an empty one."""

import json
from typing import Any

from botocore.parsers import ResponseParserError


def refuse_what_is_no_answer(operation_model: Any, response_dict: dict[str, Any], **_: Any) -> None:
    """Handles botocore's `before-parse`. Raises ResponseParserError, as botocore's parsers do.

    A proxy answers 200 with a page to sign in on. In JSON's place botocore reads that as an object without members, in
    EC2's XML as a response without elements: an API without resources, which would be a fault.
    """
    # A stream is handed on as it is; errors may come without a body.
    if response_dict["status_code"] >= 300 or operation_model.has_streaming_output:
        return
    is_json = "json" in operation_model.service_model.resolved_protocol
    body: bytes = response_dict["body"]
    if not (_is_an_object(body) if is_json else f"<{operation_model.name}Response".encode() in body):
        raise ResponseParserError(f"no answer to {operation_model.name}")


def _is_an_object(body: bytes) -> bool:
    try:
        return isinstance(json.loads(body), dict)
    except (ValueError, RecursionError):
        return False
