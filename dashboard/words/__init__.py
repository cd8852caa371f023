"""The words of the page, as data: a file a language."""
