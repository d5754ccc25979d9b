"""hklint: policy-as-code checks for Windows hosts, with explanations."""

__version__ = "0.1.0"
