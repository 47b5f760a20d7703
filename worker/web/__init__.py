"""The receiver of webhooks: an ASGI application, its server, and the ringing of the bell."""
