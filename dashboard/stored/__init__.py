"""Stored experiments on the page: the shelf of result folders, what one of them found, and its runs to be shown again."""
