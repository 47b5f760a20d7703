"""From the API's address to the pages that people open."""

from urllib.parse import quote, urlsplit, urlunsplit


def web_url_of(api_url: str) -> str:
    """The web address that belongs to an API address, without a slash at the end.

    ``https://api.github.com`` and ``https://api.TENANT.ghe.com`` drop ``api.``; GitHub Enterprise
    Server drops ``/api/v3``; anything else (a stub) serves its pages under the same address.
    """
    parts = urlsplit(api_url.rstrip("/"))
    host, path = parts.netloc, parts.path
    if host == "api.github.com" or (host.startswith("api.") and host.endswith(".ghe.com")):
        host = host.removeprefix("api.")
    return urlunsplit((parts.scheme, host, path.removesuffix("/api/v3"), "", ""))


def file_url(web_url: str, repository: str, branch: str, path: str) -> str:
    """The page of a file on a branch."""
    return f"{web_url}/{repository}/blob/{quote(branch)}/{quote(path)}"
