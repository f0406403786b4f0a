"""What attacks a running Slipway from outside, and needs minutes: `make audit`."""
