"""People, organisations, and who is in which. Both are rows of one table: see docs/adr/0017."""

from typing import TYPE_CHECKING, ClassVar, Self

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from .tokens import Token


class UserQuerySet(models.QuerySet["User"]):
    def people(self) -> Self:
        return self.filter(kind=User.Kind.PERSON)

    def organizations(self) -> Self:
        return self.filter(kind=User.Kind.ORGANIZATION)


class Users(UserManager["User"]):
    """Django's own, which makes people, and whose querysets are ours."""

    def get_queryset(self) -> UserQuerySet:
        return UserQuerySet(self.model, using=self._db)

    def people(self) -> UserQuerySet:
        return self.get_queryset().people()

    def organizations(self) -> UserQuerySet:
        return self.get_queryset().organizations()


class User(AbstractUser):
    """Whoever owns something. An organisation has no password, and never signs in."""

    class Kind(models.TextChoices):
        PERSON = "person", _("Person")
        ORGANIZATION = "organization", _("Organisation")

    token: "Token | None" = None  # what the request came with; None in a session

    kind = models.CharField(max_length=12, choices=Kind, default=Kind.PERSON, editable=False)
    has_budgets = models.BooleanField(default=False, editable=False)

    objects: ClassVar[Users] = Users()

    class Meta(AbstractUser.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["person", "organization"]), name="user_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(kind="person") | Q(is_staff=False, is_superuser=False),
                name="organization_has_no_rights",
            ),
            models.UniqueConstraint(
                Lower("username"),
                name="username_unique_in_any_case",
                violation_error_message=_("This name is taken. Choose another one."),
            ),
        ]

    @property
    def is_organization(self) -> bool:
        return self.kind == User.Kind.ORGANIZATION


class Role(models.TextChoices):
    """Each holds what the one before may."""

    VIEWER = "viewer", _("Viewer: sees what the organisation has")
    DEVELOPER = "developer", _("Developer: runs, deploys and changes it too")
    ADMIN = "admin", _("Admin: also manages members, tokens and budgets")

    def or_more(self) -> list["Role"]:
        roles = list(Role)
        return roles[roles.index(self) :]


class Membership(models.Model):
    organization = models.ForeignKey(User, models.CASCADE, related_name="members")
    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=9, choices=Role)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["user__username"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "user"], name="one_membership_each"),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.organization} ({self.role})"
