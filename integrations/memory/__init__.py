"""Every port in memory: test doubles good enough for local mode and the demo."""
