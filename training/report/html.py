"""A report as one HTML file that refers to nothing outside it."""

from __future__ import annotations

import base64
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from training.report.document import Document
from training.report.svg import to_svg

_TEMPLATES = Path(__file__).parent / "templates"


def to_html(document: Document) -> str:
    """The whole page; all texts are escaped, curves and pictures are within it.

    Args:
        document: The report.
    """
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["svg"] = to_svg
    environment.filters["base64"] = lambda data: base64.b64encode(data).decode("ascii")
    environment.tests["kind"] = lambda block, name: type(block).__name__ == name
    return environment.get_template("report.html").render(document=document)
