"""The parts of the factory of rows, one for each family of tables."""
