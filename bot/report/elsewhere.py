"""Whether a text is about another gateway or service: the words are the same, the remedies are not."""

import re2

# Products that call themselves an API gateway or answer like one.
_OTHERS = re2.compile(
    rb"(?i)\bkong\b|\bx-kong|\bapigee\b|\boauth\.v2\.|\bapim\b|azure-api\.net|azure (?:api|front door)|api management"
    rb"|\btyk\b|krakend|\bgloo\b|\bzuul\b"
    rb"|spring cloud gateway|\btraefik\b|\bwso2\b|gravitee|mulesoft|\bambassador\b|\bistio\b|cloud\.goog|\bgcp api"
    rb"|google cloud (?:api|endpoints)|\bapisix\b|kubernetes gateway|envoy gateway|\bnginx ingress\b|ingress-nginx"
)
_OURS = re2.compile(
    rb"(?i)execute-api|amzn-?errortype|amzn-?requestid|apigw|api-gateway-execution-logs|(?:aws|amazon) api ?gateway"
    rb"|execution failed due to|arn:aws[a-z-]*:apigateway|AWS::ApiGateway|aws_api_?gateway|usage plan|lambda"
)


# Services of Amazon's own that answer in the same words.
_SISTERS = re2.compile(rb"(?i)\.lambda-url\.|\.appsync-api\.")
_UNMISTAKABLY_OURS = re2.compile(
    rb"(?i)execute-api|apigw|api ?gateway|api-gateway-execution-logs|execution failed due to"
)


def is_elsewhere(text: bytes) -> bool:
    """True if a plain text names another service that answers as API Gateway does, and shows nothing of API Gateway."""
    if _SISTERS.search(text) and not _UNMISTAKABLY_OURS.search(text):
        return True
    return bool(_OTHERS.search(text)) and not _OURS.search(text)
