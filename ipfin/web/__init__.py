"""The pages: one package per audience, above all domains."""
