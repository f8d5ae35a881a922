"""Starts simulator and server, talks to the API, compares with what the simulator planted.

Used by the demo (tools/demo.py) and by the service tests; standard library only.
"""
