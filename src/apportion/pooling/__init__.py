"""What is this pool worth to its members, who would leave it, and what does an alliance do to concentration?

`claims.alliance` takes worths from the members' own programs, `trace.alliance` from replays of their jobs; both return what
``apportion alliance -o json`` shows. `joining` tells what alliances do to the concentration of what is owned, and how
much each member's vote would decide.
"""
