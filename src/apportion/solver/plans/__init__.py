"""How does a division become a plan that carries its proof?"""
