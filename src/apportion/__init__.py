"""Apportion divides a shared pool of AI compute, proves the division, replays it and tells what it means."""

__version__ = "0.1.0"
