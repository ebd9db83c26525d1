"""From pictures to poses: adapters around pose models."""
