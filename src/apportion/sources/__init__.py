"""Where do pools, claims and traces come from? One file a format."""
