"""What is being talked about?

Frozen values: quantities, pool, charter, claims, situation, plan, verdict, usage, schedule, and which bytes stand for them.
"""
