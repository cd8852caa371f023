"""Questions put to the world: experiment specs, their runner, statistics, figures, reports and the command line."""
