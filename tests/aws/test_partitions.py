"""Partitions and their regions are told without credentials, and without asking anybody."""

import pytest

from bot.aws.partitions import partitions, regions_of


def test_the_partitions_that_people_use_are_known():
    assert {"aws", "aws-cn", "aws-us-gov"} <= set(partitions())


@pytest.mark.parametrize(
    ("partition", "some", "others"),
    [
        ("aws", {"eu-west-1", "us-east-1", "ap-northeast-1"}, {"cn-north-1", "us-gov-west-1"}),
        ("aws-cn", {"cn-north-1", "cn-northwest-1"}, {"us-east-1"}),
        ("aws-us-gov", {"us-gov-west-1", "us-gov-east-1"}, {"us-east-1"}),
    ],
)
def test_the_regions_are_those_of_the_partition(partition, some, others):
    regions = regions_of(partition)
    assert list(regions) == sorted(regions)
    assert some <= set(regions)
    assert not others & set(regions)


def test_a_partition_that_there_is_not_has_none():
    assert regions_of("aws-moon") == ()
