"""Lines that API Gateway writes into an execution log, each by its beginning.

Callers and backends write parts of lines: their headers, query strings and bodies. So a pattern has to fit a line from
its first character, which API Gateway writes, and what it then takes out is nothing that they can word freely.
"""

import re2

UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
NAMED = re2.compile(
    r"(?:(?:Starting authorizer: \w{1,24}|Starting execution|Verifying Usage Plan) for|Unauthorized) request: "
    rf"({UUID})"
)
EXTENDED = re2.compile(r"Extended Request Id: (\S{1,64})")
STAGE = re2.compile(
    r"(?:Verifying Usage Plan|Usage Plan check|API Key) .{0,300}?API Stage:? ([A-Za-z0-9]{4,24})/([A-Za-z0-9_-]{1,128})"
)
METHOD = re2.compile(r"HTTP Method: ([A-Z]{3,10}), Resource Path: (/\S*)")
_CALLED = (
    r"arn:[a-z-]+:execute-api:[a-z0-9-]*:[0-9*xX]*:"
    r"([A-Za-z0-9]{4,24})/([A-Za-z0-9_$-]{1,128})/([A-Z]{3,10})(/[^\s\"\\]*)?"
)
SENT = "Endpoint request body after transformations:"
SENT_TO_AUTHORIZER = re2.compile(
    rf"{SENT} \{{ ?\\?\"type\\?\": ?\\?\"(?:TOKEN|REQUEST)\\?\", ?\\?\"methodArn\\?\": ?\\?\"{_CALLED}"
)
HEADERS_SENT = "Endpoint request headers:"
PRESENTED = re2.compile(
    r"[{ ]X-Amz-Source-Arn=arn:[a-z-]+:execute-api:[a-z0-9-]*:\d*:([A-Za-z0-9]{4,24})/([A-Za-z0-9_-]{1,128})/"
)
PRESENTING_API = re2.compile(r"[{ ]x-amzn-apigateway-api-id=([A-Za-z0-9]{4,24})")
RESPONSE = re2.compile(r"Gateway response type: ([A-Z0-9_]{3,60})(?: with status code: (\d{3}))?")
COMPLETED = re2.compile(r"Method completed with status: (\d{3})")
_REFUSAL = r"(?:[A-Za-z]{1,60}Exception:? )?User: (\S{1,600}) is not authorized to perform: execute-api:Invoke"
REFUSED = re2.compile(_REFUSAL)
REFUSED_CALL = re2.compile(rf"{_REFUSAL} on resource: {_CALLED}")
REFUSED_WHY = re2.compile(rf"{_REFUSAL} on resource: \S+ (with an explicit deny.*|.*in a resource-based policy.*)")
CUSTOMER_ERROR = re2.compile(r"due to customer function error: (.*?)(?:\. Lambda request id: .*)?$")
AUTHORIZER = re2.compile(r"Starting authorizer: ([A-Za-z0-9]{4,24})")
