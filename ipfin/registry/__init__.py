"""Enterprises, patents, applicants and the lists they come from (企业与专利登记)."""
