"""Who qualifies for what: criteria trees over facts, judged for one firm with every reason, or for a whole register.

Doors: ``facts.shipped`` (the dictionary), ``tree.parse``, ``firm.evaluate/explain/obstacles``, ``words.requirement``.
"""
