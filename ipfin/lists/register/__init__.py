"""The room of business-register lists (工商登记名单): which firms there are, what is registered of each."""
