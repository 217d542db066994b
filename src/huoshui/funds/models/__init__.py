"""Tables of the public money, a file a subject; private to the package."""

from huoshui.funds.models.bridge import BridgeAdvance, BridgeReturn

__all__ = ["BridgeAdvance", "BridgeReturn"]
