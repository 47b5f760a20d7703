"""One module per step: do one thing through the ports, return the one event that says so.

Every stage is safe to repeat: a crash after its effect and before its event runs it again.
"""
