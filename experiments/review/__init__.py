"""Stored results made again and compared, and handed on."""
