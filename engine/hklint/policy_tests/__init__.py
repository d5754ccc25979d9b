"""Policy tests: facts in, verdicts and states out, and what no test has met.

A `*.tests.yaml` document is linked with the policy and the models it tests (`link`), each of its
hosts answers as the collector would (`answer`), and what comes of judging is compared with what was
expected (`run`). `results` has the nouns that reports are made from.
"""
