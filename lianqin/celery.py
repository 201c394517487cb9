"""The Celery application: it only wakes, the database is the clock."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lianqin.settings")

app = Celery("lianqin")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
