"""Pages of insurers and guarantors (保险、担保)."""
