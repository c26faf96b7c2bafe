"""Is the plan what it claims to be? One file a property."""
