"""The room of qualification lists (资质名单): which firm holds which title, since when and until when."""
