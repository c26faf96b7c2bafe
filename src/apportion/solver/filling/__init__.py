"""How high does the water stand when all rise together, each at its own rate?"""
