"""Which published tables of who holds how much can be read? One file a format; each is a plug-in.

Each exposes ``read(*paths, **options) -> Holdings``. Options that mean the same everywhere: `at` (a day, month, quarter or
year), `without` and `also` (names of filters, separated by commas, that are not applied or applied too). Where there is a
history, ``over_time(*paths, **options)`` gives holdings by moment, in order.
"""
