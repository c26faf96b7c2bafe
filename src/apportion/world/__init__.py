"""Who holds the world's compute, how concentrated is that, and what would change it? On tables of published data."""
