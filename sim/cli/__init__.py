"""The command line: what is common to all verbs in ``options``, ``errors`` and ``output``, a file per verb, and no science."""
