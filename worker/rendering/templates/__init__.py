"""The templates, and the environment that fills them: an unknown variable is an error."""

from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from worker.rendering import text

_ENVIRONMENT = Environment(
    loader=PackageLoader("worker.rendering", "templates"),
    undefined=StrictUndefined,
    autoescape=False,  # noqa: S701 - Markdown and prompts; each value is escaped by its filter
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=False,
)
_ENVIRONMENT.filters |= {
    "cell": text.cell,
    "code_cell": text.code_cell,
    "one_line": text.one_line,
    "fence": text.fence,
    "tail": text.tail,
    "head_of": text.head,
    "money": text.money,
    "duration": text.duration,
    "data": text.quoted_data,
}


def fill(name: str, **values: Any) -> str:  # noqa: ANN401 - what the template names
    """Fill the template ``name`` (without its suffix). Raises jinja2.UndefinedError."""
    return _ENVIRONMENT.get_template(f"{name}.md.j2").render(**values).strip() + "\n"
