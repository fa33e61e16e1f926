"""Issued documents: safe XLSX and PDF writing, watermark, verification code (文档)."""
