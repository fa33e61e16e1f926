"""Many firms at once, column by column, in whole numbers; equal to the readable rules byte for byte."""
