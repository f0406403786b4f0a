"""Saved searches: kept, looked at for new models, and told of by feed, e-mail and webhook."""
