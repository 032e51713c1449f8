"""How a type is declared that files are checked against."""

from pydantic import ConfigDict, with_config
from pydantic.alias_generators import to_camel

strictly = with_config(ConfigDict(extra="forbid", strict=True, alias_generator=to_camel))
"""Unknown keys are refused, no type is converted, and files write the keys in camelCase."""
