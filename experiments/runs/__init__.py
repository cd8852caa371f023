"""How runs are made: tasks, workers, executors, replications that grow."""
