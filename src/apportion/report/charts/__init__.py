"""How is it drawn? One file a kind of chart; each takes plain rows and gives one SVG picture."""
