"""The partitions of AWS and the regions in them that have API Gateway, by botocore's own data."""

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from botocore.regions import EndpointResolver

_GATEWAY = "apigateway"


@cache
def partitions() -> tuple[str, ...]:
    """Every partition that botocore knows: `aws`, `aws-cn`, …"""
    return tuple(_known().get_available_partitions())


@cache
def regions_of(partition: str) -> tuple[str, ...]:
    """The regions of a partition that have API Gateway, by name; none of a partition that there is not."""
    return tuple(sorted(_known().get_available_endpoints(_GATEWAY, partition)))


@cache
def _known() -> "EndpointResolver":
    from botocore.loaders import create_loader
    from botocore.regions import EndpointResolver

    # A session would want a profile that can be read; what regions there are depends on nobody's credentials.
    return EndpointResolver(create_loader().load_data("endpoints"))
