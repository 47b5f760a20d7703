"""Pull requests on GitHub: the CodeHost, access tokens for it and for git, and its webhooks."""

from integrations.github.code_host import GitHubCodeHost
from integrations.github.tokens import InstallationTokens, fixed_token
from integrations.github.webhook import GitHubWebhook

__all__ = ["GitHubCodeHost", "GitHubWebhook", "InstallationTokens", "fixed_token"]
