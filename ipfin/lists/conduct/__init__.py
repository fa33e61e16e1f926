"""The room of conduct lists (失信与处罚名单): what keeps a firm out, on whose word, until when."""
