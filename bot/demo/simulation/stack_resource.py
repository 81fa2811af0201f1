"""What CloudFormation's resource types have in common, for moto to drive them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, ClassVar

from moto.cloudformation.exceptions import UnformattedGetAttTemplateException

from bot.demo.simulation.operations import AwsError

Properties = dict[str, Any]


def names(text: str) -> frozenset[str]:
    """The property names in `text`."""
    return frozenset(text.split())


def lowered(properties: Properties) -> dict[str, Any]:
    """Properties named as the members of API Gateway's requests are."""
    return {name[0].lower() + name[1:]: value for name, value in properties.items()}


def refuse_extraneous(properties: Collection[str], known: Collection[str], where: str = "#") -> None:
    """Raises ValidationError for a property that is not known at `where` in the resource."""
    if unknown := sorted(set(properties) - set(known)):
        raise AwsError("ValidationError", f"{where}: extraneous key [{unknown[0]}] is not permitted")


class StackResource:
    """What the types below share: one is made from its properties, a changed one replaces the old one.

    A type declares the properties it knows; any other fails the resource: nothing is silently left out.
    """

    type_name: ClassVar[str]
    known: ClassVar[frozenset[str]]
    attributes: ClassVar[tuple[str, ...]] = ()

    def __init__(self, account: str, region: str, name: str, properties: Properties) -> None:
        refuse_extraneous(properties, self.known)
        self.account = account
        self.region = region
        self.properties = properties
        self.physical_id = self.make(name)

    def make(self, name: str) -> str:
        """Make the resource, whose generated name is `name`, and return its physical id."""
        raise NotImplementedError

    def unmake(self) -> None:
        """Remove what `make` made."""
        raise NotImplementedError

    def change(self, name: str, properties: Properties) -> StackResource:
        """Make the new one, then remove the old one, as CloudFormation does for a replacement."""
        made = type(self)(self.account, self.region, name, properties)
        if made.physical_id != self.physical_id:
            self.unmake()
        return made

    def attribute(self, name: str) -> str:
        """What Fn::GetAtt gives for one of `attributes`."""
        raise NotImplementedError

    # ---- what moto asks of a model

    @classmethod
    def cloudformation_type(cls) -> str:
        """The type, as templates name it."""
        return cls.type_name

    @staticmethod
    def cloudformation_name_type() -> str:
        """The property that names the resource: none, `make` sees to names."""
        return ""

    @classmethod
    def has_cfn_attr(cls, attr: str) -> bool:
        """Whether Fn::GetAtt knows the attribute."""
        return attr in cls.attributes

    def get_cfn_attribute(self, attribute_name: str) -> str:
        """The value of an attribute."""
        if attribute_name not in self.attributes:
            raise UnformattedGetAttTemplateException
        return self.attribute(attribute_name)

    @property
    def physical_resource_id(self) -> str:
        """What Ref gives."""
        return self.physical_id

    def is_created(self) -> bool:
        """Nothing here takes time."""
        return True

    @classmethod
    def create_from_cloudformation_json(
        cls,
        resource_name: str,
        cloudformation_json: dict[str, Any],
        account_id: str,
        region_name: str,
        **_: Any,
    ) -> StackResource:
        """Make it."""
        return cls(account_id, region_name, resource_name, cloudformation_json["Properties"])

    @classmethod
    def update_from_cloudformation_json(
        cls,
        original_resource: StackResource,
        new_resource_name: str,
        cloudformation_json: dict[str, Any],
        **_: Any,
    ) -> StackResource:
        """Change it."""
        return original_resource.change(new_resource_name, cloudformation_json["Properties"])

    def delete(self, account_id: str, region_name: str) -> None:
        """Remove it."""
        self.unmake()
