"""In which order do queued gangs start? One file a discipline."""
