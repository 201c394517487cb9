"""Sessions of citizens. No line of the audit log or of axes is written: neither address nor browser is anybody's."""

from __future__ import annotations

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.http import HttpRequest
from django.middleware.csrf import rotate_token
from django.utils.crypto import salted_hmac

from accounts.models import User, UserKind
from lianqin.kernel.errors import NotAllowed

BACKEND = "django.contrib.auth.backends.ModelBackend"
IDLE_SECONDS = 30 * 24 * 3600


def begin_session(request: HttpRequest, user: User) -> None:
    """Sign the citizen in on this browser until 30 days after the last visit. Raises NotAllowed for anybody else."""
    if user.kind != UserKind.CITIZEN or not user.is_active:
        raise NotAllowed
    # Nothing of whoever used this browser before.
    request.session.flush()
    request.session[SESSION_KEY] = str(user.pk)
    request.session[BACKEND_SESSION_KEY] = BACKEND
    request.session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    request.session.set_expiry(IDLE_SECONDS)
    rotate_token(request)


def end_session(request: HttpRequest) -> None:
    request.session.flush()


def writer_mark(user: User | None) -> str:
    """By which a device tells what somebody wrote while signed in from what others write; empty for nobody."""
    return salted_hmac("citizens.writer", str(user.pk), algorithm="sha256").hexdigest()[:16] if user else ""


def citizen_on(request: HttpRequest) -> User | None:
    """Who is signed in here as a citizen."""
    user = request.user
    return user if isinstance(user, User) and user.kind == UserKind.CITIZEN and user.is_active else None
