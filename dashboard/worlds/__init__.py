"""The worlds behind the page, without a browser: which ones, their past and future, what happened in them, and how typical they are."""
