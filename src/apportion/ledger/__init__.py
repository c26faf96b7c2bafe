"""What was decided, and who can check it? Files that keep plans, situations and runs."""
