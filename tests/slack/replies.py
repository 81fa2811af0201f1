"""Replies as the engine makes them, for tests of what Slack shows of them."""

from dataclasses import replace

from bot.model import (
    Candidate,
    Certainty,
    Diagnosis,
    Evidence,
    Finding,
    Fix,
    LogSearch,
    Mend,
    Outcome,
    Phase,
    Reply,
    Report,
    Scope,
    Target,
    TargetKind,
    UnseenRead,
    UnseenReason,
    Verdict,
)

TARGET = Target(TargetKind.REST_API, "a1b2c3d4e5", "123456789012", "eu-west-1", "prod", "GET", "/orders")
GRANT = {
    "Effect": "Allow",
    "Action": "lambda:GetPolicy",
    "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:orders",
}
CLI = (
    "aws lambda add-permission --region eu-west-1 --function-name orders --statement-id apigateway-orders "
    "--action lambda:InvokeFunction --principal apigateway.amazonaws.com "
    "--source-arn 'arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/*/GET/orders'"
)


def a_fix(**changes: object) -> Fix:
    """The fix of a missing permission."""
    fix = Fix(
        title="Allow `a1b2c3d4e5` to invoke `orders`",
        why="API Gateway may not invoke `orders`.\n\nIts policy has **no** statement for this method.",
        steps=("Open the function `orders` in the Lambda console.", "Add the permission below."),
        account="123456789012",
        region="eu-west-1",
        redeploy=False,
        references=("https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html",),
        cli=CLI,
        cloudformation='Resources:\n  Permission:\n    Type: "AWS::Lambda::Permission"',
        cloudformation_use="deploy",
        rollback_cli="aws lambda remove-permission --region eu-west-1 --function-name orders",
    )
    return replace(fix, **changes)


def a_finding(**changes: object) -> Finding:
    """The finding that the fix mends."""
    finding = Finding(
        cause="integration_permission_missing",
        fix="permission",
        phase=Phase.INTEGRATION,
        certainty=Certainty.PROVEN,
        facts={"function": "orders"},
        evidence=("e1",),
        account="123456789012",
        region="eu-west-1",
    )
    return replace(finding, **changes)


def a_diagnosis(**changes: object) -> Diagnosis:
    """A diagnosis that found something in one read."""
    diagnosis = Diagnosis(
        verdict=Verdict.FOUND,
        report=Report("pasted", (), {}, 0),
        target=TARGET,
        evidence=(
            Evidence("e1", "lambda", "GetPolicy", {}, Outcome.FOUND, "123456789012", "eu-west-1", 12.5),
            Evidence("e2", "apigateway", "GetRestApi", {}, Outcome.FOUND, "123456789012", "eu-west-1", 9.0),
        ),
        elapsed_milliseconds=3_412.0,
    )
    return replace(diagnosis, **changes)


def a_reply(**changes: object) -> Reply:
    """A reply with one finding."""
    reply = Reply(
        locale="en",
        summary="API Gateway is not allowed to invoke `orders`.",
        diagnosis=a_diagnosis(),
        findings=(Mend(a_finding(), a_fix()),),
    )
    return replace(reply, **changes)


def hostile_reply(text: str, many: int) -> Reply:
    """A reply with `text` wherever a fact or a sentence can stand, and `many` of all that there can be several of."""
    fix = Fix(
        title=text, why=text, steps=(text,) * many, account=text, region=text, redeploy=True,
        references=("https://docs.aws.amazon.com/lambda/latest/dg/welcome.html",),
        cli=text, cli_note=text, cloudformation=text, cloudformation_use="merge", cloudformation_note=text,
        rollback_cli=text, rollback_note=text, would_disprove=text,
    )  # fmt: skip
    finding = a_finding(certainty=Certainty.LIKELY, scope=Scope.ELSEWHERE, account=text, region=text)
    target = Target(TargetKind.REST_API, text, text, text, text, text, text)
    unseen = UnseenRead(text, text, text, UnseenReason.DENIED, {"Effect": "Allow", "Resource": text}, text)
    diagnosis = a_diagnosis(
        target=target,
        candidates=(Candidate(target, text),) * many,
        unseen=(unseen,) * many,
        log_searches=(LogSearch(text, 60, many, 1, is_cut=True),) * many,
    )
    mends = (Mend(finding, fix),) * many
    return Reply(locale="en", summary=text, diagnosis=diagnosis, findings=mends, advice=mends)
