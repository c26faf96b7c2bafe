"""How do real grants become whole ones, and what if only whole tasks count?"""
