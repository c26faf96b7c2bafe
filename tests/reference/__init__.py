"""What do the rules of the queues come to, played out slowly on paper?"""
