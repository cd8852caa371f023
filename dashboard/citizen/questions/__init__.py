"""What a citizen is asked in the course of a week, by the parts of the week."""
