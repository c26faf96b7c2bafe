"""What did it do, and to whom? One file a question."""
