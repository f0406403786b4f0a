"""What people keep of the catalog: what they like, and what is new of what they follow."""
