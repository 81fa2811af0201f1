"""`kintsugi policy`: what is printed is what the bot may read, ready to be used."""

import json

import pytest
import yaml

from bot.aws.reads import policy_document


def test_as_json_it_is_the_policy_itself(kintsugi):
    result = kintsugi("policy")
    assert result.exit_code == 0
    assert json.loads(result.stdout) == policy_document("aws")
    assert kintsugi("policy", "--format", "json").stdout == result.stdout


def test_as_a_stack_it_is_the_same_policy_in_whatever_partition(kintsugi):
    (resource,) = yaml.safe_load(kintsugi("policy", "--format", "cloudformation").stdout)["Resources"].values()
    assert resource["Type"] == "AWS::IAM::ManagedPolicy"
    document = resource["Properties"]["PolicyDocument"]
    for statement in document["Statement"]:
        statement["Resource"] = [
            each if isinstance(each, str) else each["Fn::Sub"].replace("${AWS::Partition}", "aws")
            for each in statement["Resource"]
        ]
    assert document == policy_document("aws")


@pytest.mark.parametrize("form", ["terraform", ""])
def test_other_forms_are_a_mistake_of_usage(kintsugi, form):
    result = kintsugi("policy", "--format", form)
    assert (result.exit_code, result.stdout) == (2, "")
