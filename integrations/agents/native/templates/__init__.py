"""The native agent's own prompts; an unknown variable is an error."""

from jinja2 import Environment, PackageLoader, StrictUndefined

_ENVIRONMENT = Environment(
    loader=PackageLoader("integrations.agents.native", "templates"),
    undefined=StrictUndefined,
    autoescape=False,  # noqa: S701 - prompts, not HTML
    trim_blocks=True,
    lstrip_blocks=True,
)


def fill(name: str, **values: object) -> str:
    """Fill the template ``name`` (without its suffix). Raises jinja2.UndefinedError."""
    return _ENVIRONMENT.get_template(f"{name}.md.j2").render(**values).strip() + "\n"
