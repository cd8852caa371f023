"""What `app.py` shows: the page of twin worlds, the parts in the browser, and what moves them."""
