"""Instances as processes of this machine: a keeper each, and Cog's server in a sandbox.

Only `runtime.py` and `folders.py` are Slipway's; `keeper.py` and `inside/` run in processes of
their own, with the standard library alone, to take few MB.
"""
