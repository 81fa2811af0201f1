"""The regions of a partition as an account sees them that never enabled one; moto calls all of them enabled."""

from __future__ import annotations

from typing import Any

from moto.utilities.utils import get_partition

from bot.demo.simulation.operations import AwsError, Call, answers

# https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html
_ENABLED = {
    "aws": [
        "ap-northeast-1",
        "ap-northeast-2",
        "ap-northeast-3",
        "ap-south-1",
        "ap-southeast-1",
        "ap-southeast-2",
        "ca-central-1",
        "eu-central-1",
        "eu-north-1",
        "eu-west-1",
        "eu-west-2",
        "eu-west-3",
        "sa-east-1",
        "us-east-1",
        "us-east-2",
        "us-west-1",
        "us-west-2",
    ],
    "aws-cn": ["cn-north-1", "cn-northwest-1"],
    "aws-us-gov": ["us-gov-east-1", "us-gov-west-1"],
}
_OPT_IN = {
    "aws": [
        "af-south-1",
        "ap-east-1",
        "ap-south-2",
        "ap-southeast-3",
        "ap-southeast-4",
        "ap-southeast-5",
        "ca-west-1",
        "eu-central-2",
        "eu-south-1",
        "eu-south-2",
        "il-central-1",
        "me-central-1",
        "me-south-1",
        "mx-central-1",
    ]
}


@answers("ec2", "DescribeRegions")
def describe_regions(call: Call) -> dict[str, Any]:
    """The enabled regions of the partition of the called region, or all; filters are not simulated."""
    if call.get("Filters"):
        raise AwsError("InvalidParameterValue", "the simulated account does not filter regions")
    partition = get_partition(call.region)
    statuses = dict.fromkeys(_ENABLED[partition], "opt-in-not-required")
    statuses |= dict.fromkeys(_OPT_IN.get(partition, []), "not-opted-in")
    named = call.get("RegionNames") or []
    if unknown := [name for name in named if name not in statuses]:
        raise AwsError("InvalidParameterValue", f"Invalid region(s): {', '.join(unknown)}")
    shown = {
        name: status
        for name, status in statuses.items()
        if (name in named if named else call.get("AllRegions") or status != "not-opted-in")
    }
    domain = "amazonaws.com.cn" if partition == "aws-cn" else "amazonaws.com"
    return {
        "Regions": [
            {"RegionName": name, "Endpoint": f"ec2.{name}.{domain}", "OptInStatus": status}
            for name, status in shown.items()
        ]
    }
