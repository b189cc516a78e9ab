"""The use cases, one verb each, in the order of what happens: `declare`, `poll`, `act`, `judge`, `deliver`.

A function whose first argument is *tx* runs in one transaction of the store; none of them waits for anything.
"""
