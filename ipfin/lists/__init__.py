"""The intake of lists of every kind: one room for each, and what the rooms share.

A room is a folder: `fields` says which columns its list has and by which names (pure), `rows` reads a row
or refuses it (pure), `intake` compares with what stands, writes, takes back, and ends with the `ROOM`.
The next kind of list is a word in `registry.list_kinds`, a folder beside `register`, and a line in
`service.rooms`; the wizard, the command, the job, the batch page and the template follow by themselves.
Patent lists came first and are far larger: their room stands in `ipfin.registry` and is only let in here.
"""
