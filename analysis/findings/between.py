"""What several procedures of a library do each for itself: the same paper asked for, the same thing checked.

A city sees redundancy between its procedures only when it looks at them together. `shared-material`: two or more
procedures ask the applicant for one material; `shared-check`: two or more check one purpose.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from analysis.extent import steps_of
from analysis.findings.finding import Finding
from bpmn.model import Model, Node

#: From each step what it asks for or checks.
_Names = Callable[[Node], Iterable[str]]


def find_between(models: Mapping[str, Model]) -> tuple[Finding, ...]:
    """The findings between procedures, by the names of their files; those of most files first.

    `steps` are those of all files, in the order of the files; `evidence["files"]` names each file with its steps.
    """
    materials = _between(models, "shared-material", "material", _asked)
    return (*materials, *_between(models, "shared-check", "purpose", _checked))


def _between(models: Mapping[str, Model], finding: str, what: str, names: _Names) -> list[Finding]:
    places: dict[str, dict[str, list[str]]] = {}
    for file, model in models.items():
        for node in steps_of(model):
            for name in names(node):
                places.setdefault(name, {}).setdefault(file, []).append(node.id)
    found = [
        Finding(
            finding=finding,
            steps=tuple(step for steps in files.values() for step in steps),
            evidence={what: name, "files": dict(files)},
        )
        for name, files in places.items()
        if len({_matter(models[file], file) for file in files}) > 1
    ]
    return sorted(found, key=lambda one: (-len(one.evidence["files"]), str(one.evidence[what])))


def _matter(model: Model, file: str) -> str:
    """The procedure a file is of: two drawings of one matter are one procedure."""
    return model.procedure.matter or file


def _asked(node: Node) -> Iterable[str]:
    return sorted(
        {
            item.name
            for item in node.materials
            if item.use == "needs" and item.origin == "applicant" and not (item.surrender or item.basis)
        }
    )


def _checked(node: Node) -> Iterable[str]:
    said = node.step
    return said.purposes if said is not None and said.kind == "check" else ()
