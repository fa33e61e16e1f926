"""The register of irregular filings and dishonesty that keeps firms out (非正常申请与失信名册)."""
