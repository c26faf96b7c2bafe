"""What do Slurm's tools print, and what does it mean?"""
