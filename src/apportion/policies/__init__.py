"""How is the pool divided? One file a rule."""
