"""Pages of banks, guarantors and insurers (金融机构): one set of views, mounted once per audience."""
