"""From a checkout to a running Slipway.

Standard library only: it runs before anything is installed.
"""
