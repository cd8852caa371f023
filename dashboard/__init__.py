"""What `app.py` shows: a page on which one society runs live."""
