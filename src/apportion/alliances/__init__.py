"""What is pooling worth, and to whom?

A cooperative game gives each coalition S of members a worth v(S). Worths come as an array (2^N,) by bit mask (bit m is set
where member m is in, so v[0] = 0), as a function of a mask, or from a situation by the members' own programs (`owen`).
What divides v(N), and what each division promises, is one file a notion.
"""
