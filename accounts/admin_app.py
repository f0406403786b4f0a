"""Django's admin behind our doors; apart from staff.py, as it is read before any model is."""

from django.contrib.admin.apps import AdminConfig


class StaffAdminConfig(AdminConfig):
    default_site = "accounts.staff.StaffSite"
