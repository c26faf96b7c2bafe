"""How is it told? Tables, plots and one page, in English and Chinese."""
