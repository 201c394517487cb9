"""What the responsibility list said when an order was dispatched."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("workorders", "0009_touching_orders")]
    operations = []
