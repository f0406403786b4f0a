"""What people keep of the catalog: what they like, what they follow, collections of their own."""
