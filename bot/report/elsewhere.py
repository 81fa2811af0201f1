"""Whether a text is about somebody else's gateway: the words are the same, the remedies are not."""

import re2

# Products that call themselves an API gateway or answer like one.
_OTHERS = re2.compile(
    rb"(?i)\bkong\b|\bx-kong|\bapigee\b|\boauth\.v2\.|\bapim\b|azure|api management|\btyk\b|krakend|\bgloo\b|\bzuul\b"
    rb"|spring cloud gateway|\btraefik\b|\bwso2\b|gravitee|mulesoft|\bambassador\b|\bistio\b|cloud\.goog|\bgcp\b"
    rb"|google cloud|\bapisix\b|cloudflare|kubernetes gateway|envoy gateway|\bnginx ingress\b|ingress-nginx"
)
_OURS = re2.compile(
    rb"(?i)execute-api|amzn-?errortype|amzn-?requestid|apigw|api-gateway-execution-logs|(?:aws|amazon) api ?gateway"
    rb"|execution failed due to|arn:aws[a-z-]*:apigateway|AWS::ApiGateway|aws_api_?gateway|usage plan|lambda"
)


def is_elsewhere(text: bytes) -> bool:
    """True if a plain text names another gateway and shows nothing of Amazon's."""
    return bool(_OTHERS.search(text)) and not _OURS.search(text)
