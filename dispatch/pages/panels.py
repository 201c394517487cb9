"""What dispatch shows beside an order: a provider a part, registered here."""

from dispatch.pages import decision, filters, supervision_panel, whistle_panel  # noqa: F401
