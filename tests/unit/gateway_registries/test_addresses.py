from ipaddress import ip_address, ip_network

import pytest

from integrations.gateway.registries.addresses import is_public


@pytest.mark.parametrize(
    "address",
    [
        *("10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "127.0.0.1", "127.8.8.8"),
        *("169.254.169.254", "168.63.129.16", "100.64.0.1", "100.100.100.200", "192.0.0.192"),
        *("0.0.0.0", "0.1.2.3", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255"),
        *("192.0.2.1", "198.51.100.1", "203.0.113.1", "198.18.0.1", "192.88.99.1"),
        *("::", "::1", "fe80::1", "fe80::1%eth0", "fec0::1", "fc00::1", "fd00:ec2::254", "ff02::1"),
        *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1"),
        *("2002:7f00:1::", "2002:a9fe:a9fe::1", "2002:808:808::", "2001:0:808:808::1"),
        *("64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::a00:1", "100::1", "2001:db8::1"),
        *("3fff::1", "5f00::1", "4000::1", "2001:10::1"),
    ],
)
def test_what_is_not_of_the_public_internet_is_known(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize(
    "address",
    [
        *("151.101.0.223", "8.8.8.8", "172.15.0.1", "172.32.0.1", "100.63.0.1", "100.128.0.1"),
        *("2a04:4e42::223", "2606:4700::6810:1", "::ffff:8.8.8.8", "64:ff9b::808:808"),
    ],
)
def test_what_is_of_the_public_internet_is_allowed(address: str) -> None:
    assert is_public(ip_address(address))


def test_a_private_network_can_be_allowed_and_then_no_other() -> None:
    private = [ip_network("10.1.0.0/16"), ip_network("fd00:5::/32")]
    allowed = ("10.1.2.3", "::ffff:10.1.2.3", "64:ff9b::a01:203", "fd00:5::1", "8.8.8.8")
    refused = ("10.2.0.1", "127.0.0.1", "::ffff:10.2.0.1", "fd00:6::1", "169.254.169.254")
    assert all(is_public(ip_address(text), private) for text in allowed)
    assert not any(is_public(ip_address(text), private) for text in refused)
