"""Signing in and out, by Django's own accounts and sessions."""

from django.contrib.auth.views import LoginView, LogoutView

from .forms import SignInForm

# Where `next` leads is checked by Django: never to another host.
login = LoginView.as_view(
    template_name="accounts/login.html",
    authentication_form=SignInForm,
    redirect_authenticated_user=True,
)
# Answers POST only.
logout = LogoutView.as_view()
