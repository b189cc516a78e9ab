"""What the product decides, and nothing else: no file, no network, no clock, no logging, no chance.

Read in this order: `vocabulary`, `facts`, `verdict`, `conditions`, `rule`, `alert`, `message`, `letter`.
"""
