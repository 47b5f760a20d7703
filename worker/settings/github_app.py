"""The private key of a GitHub App: given as text or as a file."""

from pathlib import Path

from worker.settings.faults import Fault
from worker.settings.values import Values

PEM_START = "-----BEGIN"
PEM_REMEDY = "Use the .pem file that GitHub offered when the key was made."


def private_key(values: Values) -> str | None:
    """The key in PEM, or None where none is configured or its file cannot be read."""
    if values.github_app_private_key:
        # Compose and many secret stores keep a PEM on one line.
        return values.github_app_private_key.get_secret_value().replace("\\n", "\n")
    return _text_of(values.github_app_private_key_file)


def faults(values: Values) -> list[Fault]:
    """What is wrong with the way the fleet is to sign in to GitHub: a token or an App, whole."""
    app = {
        "GITHUB_APP_ID": values.github_app_id,
        "GITHUB_APP_INSTALLATION_ID": values.github_app_installation_id,
        "GITHUB_APP_PRIVATE_KEY": values.github_app_private_key
        or values.github_app_private_key_file,
    }
    given = [name for name, value in app.items() if value]
    if values.github_token and given:
        return [
            Fault("GITHUB_TOKEN", f"is set and so is {given[0]}", "Set one of the two, not both.")
        ]
    if values.github_token:
        return []
    if not given:
        remedy = (
            "Create a fine-grained token with contents and pull requests (read and write), "
            "or set GITHUB_APP_ID, GITHUB_APP_INSTALLATION_ID and GITHUB_APP_PRIVATE_KEY_FILE."
        )
        return [Fault("GITHUB_TOKEN", "is missing", remedy)]
    remedy = "A GitHub App needs its id, an installation's id and a private key."
    missing = [Fault(name, "is missing", remedy) for name in app if name not in given]
    return missing + _key_faults(values)


def _key_faults(values: Values) -> list[Fault]:
    text, file = values.github_app_private_key, values.github_app_private_key_file
    if text and file:
        wrong = "is set and so is GITHUB_APP_PRIVATE_KEY_FILE"
        return [Fault("GITHUB_APP_PRIVATE_KEY", wrong, "Set one of the two, not both.")]
    if not text and not file:
        return []
    where = "GITHUB_APP_PRIVATE_KEY" if text else "GITHUB_APP_PRIVATE_KEY_FILE"
    key = private_key(values)
    if key is None:
        return [Fault(where, f"names {file}, which cannot be read", "Check path and permissions.")]
    if not key.lstrip().startswith(PEM_START):
        return [Fault(where, "is not a private key in PEM", PEM_REMEDY)]
    return []


def _text_of(file: Path | None) -> str | None:
    try:
        return file.read_text(encoding="utf-8") if file else None
    except (OSError, UnicodeDecodeError):
        return None
