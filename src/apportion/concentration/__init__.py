"""How concentrated and how unequal are amounts? Indices, what groups explain, mergers, and what doubt does to them.

Concentration asks who holds the whole: it looks at shares s = x / Σx and knows nothing of a population. Inequality asks how
far members differ from one another: an entry may stand for several of equal amount, its weight. All functions take plain
arrays; who the members are and where amounts come from is for others to say.
"""
