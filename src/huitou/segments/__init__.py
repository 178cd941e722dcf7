"""Choosing people: the rule tree, the attribute catalogue, the evaluator, saved segments and tags."""
