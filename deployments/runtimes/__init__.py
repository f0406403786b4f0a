"""Where instances run. Each runtime is a module that keeps the promises of interface.py."""
