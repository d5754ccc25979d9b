"""The doctor: the way to a host, walked step by step, until it ends or the host has answered.

Each step is a module with a function that gives back a `Finding`. What a step needs of those before
it is handed to it; `walk` puts them in order. From the logon on, the doctor asks as every command
does, through `hklint.sources.collect`, so that it can't come to another result.
"""
