"""Where do tables of who holds how much come from? Files become `apportion.domain.holdings.Holdings`.

`table` reads any CSV or Parquet with a column of owners and one of amounts, `where` chooses its rows; `published` has one
file for each published format.
"""
