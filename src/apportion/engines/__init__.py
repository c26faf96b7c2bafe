"""How is a plan made real? One file an engine."""
