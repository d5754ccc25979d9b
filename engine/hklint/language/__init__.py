"""The shape of documents: what stands in their YAML, before names are linked.

The JSON Schemas that editors use are made from these types, so a description here is what an
author reads while typing.
"""

from hklint.language.expectations import (
    COMPARED,
    EXPECTATIONS,
    KEY_QUESTIONS,
    AbsentMeans,
    ComparedField,
    ComparedValue,
    ConsistentExpectation,
    ExistenceExpectation,
    KeyExpectation,
    ModelExpectation,
    ModelUse,
    RegistryExpectation,
    WebRequestExpectation,
    compared_shape,
    expectation_shape,
)
from hklint.language.model import (
    INPUTS,
    HostInput,
    KeyInput,
    Model,
    ModelInput,
    RegistryInput,
    Row,
    State,
    ValueCase,
    WebRequestInput,
    input_shape,
)
from hklint.language.operators import HostConditions, Operand, Operators
from hklint.language.policy import Affect, Parameter, Policy, Rule
from hklint.language.profile import Profile, Selection
from hklint.language.tests import Tests
from hklint.language.waivers import Waiver, Waivers
from hklint.language.words import END, Reference, Scalar, Shape, is_registry_path

__all__ = [
    "COMPARED",
    "DOCUMENTS",
    "END",
    "EXPECTATIONS",
    "INPUTS",
    "KEY_QUESTIONS",
    "AbsentMeans",
    "Affect",
    "ComparedField",
    "ComparedValue",
    "ConsistentExpectation",
    "ExistenceExpectation",
    "HostConditions",
    "HostInput",
    "KeyExpectation",
    "KeyInput",
    "Model",
    "ModelExpectation",
    "ModelInput",
    "ModelUse",
    "Operand",
    "Operators",
    "Parameter",
    "Policy",
    "Profile",
    "Reference",
    "RegistryExpectation",
    "RegistryInput",
    "Row",
    "Rule",
    "Scalar",
    "Selection",
    "Shape",
    "State",
    "Tests",
    "ValueCase",
    "Waiver",
    "Waivers",
    "WebRequestExpectation",
    "WebRequestInput",
    "compared_shape",
    "expectation_shape",
    "input_shape",
    "is_registry_path",
]

DOCUMENTS: dict[str, type[Shape]] = {
    "policy": Policy,
    "model": Model,
    "profile": Profile,
    "waivers": Waivers,
    "tests": Tests,
}
"""The kinds of documents."""
