"""What was published of a month: only what anybody may read, so that there is nothing to leak."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class StatisticsMonth(models.Model):
    """The numbers of a month that is over. Written once: two editions of it could be subtracted from each other.

    ``contents``: ``{"streets": [[code, name], ...], "classes": [...], "cells": [[street, class, ...], ...]}``, a cell
    with the values of rules.open_data.COLUMNS in their order, null where one is kept back or there are too few.
    """

    month = models.DateField(_("月份"), unique=True)
    made_at = models.DateTimeField(_("公布时间"))
    least = models.PositiveSmallIntegerField(_("最小样本"))
    contents = models.JSONField(_("内容"))
    # Of the contents, SHA-256, hex: what a download is known by.
    digest = models.CharField(_("摘要"), max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = _("月度公开数据")
        ordering = ("-month",)

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"
