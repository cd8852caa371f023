"""The picture of the ties: where citizens stand, in which colours, and how both reach the browser."""
