"""The room of pledge registers (质押登记名单): which patent is pledged to whom, since when, until when."""
