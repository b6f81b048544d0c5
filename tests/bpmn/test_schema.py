"""The XML schema of the annotations agrees with the reader."""

import doctest
from importlib.resources import files
from itertools import chain, product

import pytest
from hypothesis import HealthCheck, given, settings
from lxml import etree

from bpmn import write
from bpmn.annotation import NAMESPACE
from bpmn.gov import ELEMENTS, REQUIRED
from tests.strategies import models

XS = "{http://www.w3.org/2001/XMLSchema}"
VALUES = {
    "numbers": ["0", "1", "0.5", "1.0", "1.01", "20", "-1", "1e3", "NaN", "", "00.5", "9" * 13],
    "times": ["PT30M", "P1DT1H", "P1W", "PT0.5H", "PT0.5H1M", "P", "PT", "P1DT", "P1M", "PT1,5S", "-P1D"],
    "lists": ["PT1H P1D", "a b", "09:00-12:00", "09:00-12:00,13:30-24:00", "24:00-24:00", "9:00-12:00"],
    "words": ["true", "0", "yes", "check", "suggested", "measured", "as-is", "cross", "CN", "county", "workday"],
}


@pytest.fixture(scope="module")
def tree():
    return etree.fromstring(files("bpmn").joinpath("gov.xsd").read_bytes())


@pytest.fixture(scope="module")
def schema(tree):
    return etree.XMLSchema(tree)


def test_the_schema_knows_every_element_and_attribute(tree):
    said = {
        element.get("name"): [attribute.get("name") for attribute in element.iter(f"{XS}attribute")]
        for element in tree.iterchildren(f"{XS}element")
    }

    assert said == {name: list(attributes) for name, attributes in ELEMENTS.items()}


@pytest.mark.parametrize("name", [name for name in ELEMENTS if name != "origin"])
def test_the_schema_takes_what_the_reader_takes(schema, name):
    disagreed = []
    for attribute, value in product(ELEMENTS[name].values(), chain.from_iterable(VALUES.values())):
        element = etree.Element(f"{{{NAMESPACE}}}{name}", {attribute.name: value})
        if name in REQUIRED and attribute.name != REQUIRED[name]:
            element.set(REQUIRED[name], {"probability": "1", "outcome": "granted"}.get(REQUIRED[name], "1"))
        try:
            attribute.kind.read(value)
            taken = bool(value) or attribute.name != "name"
        except ValueError:
            taken = False
        if schema.validate(element) is not taken:
            disagreed.append((attribute.name, value, taken))

    assert disagreed == []


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(model=models())
def test_what_is_written_is_valid(schema, model):
    root = etree.fromstring(write(model))

    for element in root.iter(f"{{{NAMESPACE}}}*"):
        schema.assertValid(element)


def test_every_procedure_of_the_library_is_valid(schema, root):
    for path in sorted((root / "flows").rglob("*.bpmn")):
        for element in etree.parse(path).iter(f"{{{NAMESPACE}}}*"):
            schema.assertValid(element)


def test_the_reference_page_names_every_annotation_attribute_and_word(root):
    page = (root / "docs" / "reference" / "format.md").read_text(encoding="utf-8")

    for element, attributes in ELEMENTS.items():
        assert f"gov:{element}" in page
        for attribute in attributes.values():
            assert f"`{attribute.name}`" in page or f"{attribute.name}=" in page, attribute.name
            assert [word for word in attribute.kind.words if f"`{word}`" not in page and f'"{word}"' not in page] == []


def test_the_examples_of_the_model_page_run(root):
    result = doctest.testfile(str(root / "docs" / "explanation" / "model.md"), module_relative=False)

    assert result.attempted >= 4
    assert result.failed == 0
