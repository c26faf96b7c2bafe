"""How is a trace made longer, shorter, busier, or made anew? A pool in, the same pool with other jobs out.

Members, nodes, claims and charter stay as they are; what was done to the jobs goes into the charter's assumptions, so that
every report says it. Seeds are inputs: the same pool and the same seed give the same jobs, byte for byte.
"""
