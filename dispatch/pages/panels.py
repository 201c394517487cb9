"""What dispatch shows beside an order: a provider a part, registered here."""
