"""What does kubectl print as JSON, and what does it mean?"""
