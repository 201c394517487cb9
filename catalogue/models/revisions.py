from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _


class Revision(models.Model):
    """One row whose stamp changes with every change of the catalogue; compared before a cache is trusted.

    A random stamp and not a counter: a counter that was rolled back would come back with other contents.
    """

    name = models.CharField(_("名称"), max_length=32, primary_key=True)
    stamp = models.UUIDField(_("版本戳"), default=uuid.uuid4)

    class Meta:
        verbose_name = _("目录版本")
        verbose_name_plural = _("目录版本")

    def __str__(self) -> str:
        return f"{self.name} {self.stamp}"
