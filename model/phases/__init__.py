"""The phases of a tick, one file each. Each phase stands there twice: as a compiled loop and as citizens' method calls."""
