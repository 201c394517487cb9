"""One's points: how many, what for, what they were changed for."""

from __future__ import annotations

import uuid
from typing import Any

import segno
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from citizens.models import Redemption
from citizens.pages.points import book_of, earnings
from citizens.rules.codes import spelled
from citizens.selectors.shop import vouchers_of
from citizens.services.redemptions import cancel_own, code_on
from citizens.views.own_data import CitizenPage
from lianqin.kernel.errors import DomainError, NotVisible

NEWEST = 20


class MyPointsView(CitizenPage):
    template_name = "citizens/points/mine.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            book=book_of(self.me.pk), vouchers=vouchers_of(self.me.pk)[:NEWEST], earnings=earnings(), **kwargs
        )


class VoucherView(CitizenPage):
    """What one shows at the workstation; given back with its points as long as it was not used."""

    template_name = "citizens/points/voucher.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        voucher = (
            Redemption.objects.filter(key=kwargs["key"], user=self.me)
            .select_related("reward__pickup__community")
            .first()
        )
        if voucher is None:
            raise NotVisible
        code = code_on(voucher)
        base = settings.LIANQIN_PUBLIC_URL or f"{self.request.scheme}://{self.request.get_host()}"
        # Who hands out opens it with any camera, and signs in if need be.
        link = f"{base}{reverse('desk:vouchers')}?code={spelled(code)}"
        qr = segno.make(link, error="m", micro=False).svg_data_uri(border=2, scale=4)
        return super().get_context_data(voucher=voucher, spelled=spelled(code), qr=qr, **kwargs)

    def post(self, request: HttpRequest, key: uuid.UUID) -> HttpResponse:
        try:
            given = cancel_own(key=key, user_id=self.me.pk)
        except NotVisible:
            raise
        except DomainError as refusal:
            messages.error(request, str(refusal.message))
        else:
            messages.success(request, _("已取消，%d 分退回您的账户") % given.price)
        return redirect("citizens:voucher", key=key)
