"""The office and a firm in touch: whom to call there (联系人), and visits to it (入企服务)."""
