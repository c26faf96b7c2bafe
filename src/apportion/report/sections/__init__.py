"""Which parts does the page have? One file a section; each takes the run and a language, and gives blocks in order."""
