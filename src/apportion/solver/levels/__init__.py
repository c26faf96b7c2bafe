"""What is the division in which nobody can rise but by lowering somebody no better off? Levels, one after the other."""
