"""Mounted at ``/accounts/``."""

from django.urls import path

from accounts.views import AccountView, PasswordView, SignInView, SignOutView

app_name = "accounts"
urlpatterns = [
    path("", AccountView.as_view(), name="account"),
    path("signin/", SignInView.as_view(), name="signin"),
    path("signout/", SignOutView.as_view(), name="signout"),
    path("password/", PasswordView.as_view(), name="password"),
]
