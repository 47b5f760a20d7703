"""The whole product on loopback: stubs for the three paid services, everything else real."""
