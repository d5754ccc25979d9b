"""Reports of policy tests: for the terminal, and as JUnit XML for build servers."""
