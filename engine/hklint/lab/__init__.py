"""The lab: Windows hosts to try hklint on, inside this process, on 127.0.0.1 alone.

`hklint.lab.lab.Lab` starts it.
"""
