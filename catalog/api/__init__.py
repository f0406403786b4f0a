"""The catalog over REST, in Replicate's shape; what we add stands beside its fields."""
