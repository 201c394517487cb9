"""Who told us, and what we owe them."""

from citizens.models.receipts import Receipt as Receipt
