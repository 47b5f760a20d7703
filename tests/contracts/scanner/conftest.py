import pytest

from integrations.secrets import KingfisherScanner


@pytest.fixture(scope="session")
def kingfisher() -> KingfisherScanner:
    """With the compiled rules where the library keeps them for this user."""
    return KingfisherScanner()
