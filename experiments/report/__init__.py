"""What was found, told: figures, tables, reports, and their publication in the folder of the results."""
