"""Use cases: the only place that wires adapters to the engine."""
