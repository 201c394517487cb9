"""Building stewards: places, the way of each candidate, assessment and allowances."""
