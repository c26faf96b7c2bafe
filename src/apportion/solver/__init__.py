"""What is optimal, and what proves it? Progressive filling, and the step from real to whole grants."""
