"""Who is tied to whom: graphs generated, graphs loaded, and the one door through which a tie changes."""
