"""Who holds what, in tables of the world? Files become `apportion.domain.holdings.Holdings`.

`table` reads any CSV or Parquet with a column of owners and one of amounts, `where` chooses its rows.
"""
