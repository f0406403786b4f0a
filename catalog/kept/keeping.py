"""The buttons of a model's and a publisher's page: what this reader did with it, and may do."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

from catalog.collecting import pages as collections
from catalog.collecting.pages import Choice
from catalog.models import AIModel, Follow, Like, Publisher
from catalog.models.likes import own_likes
from catalog.models.saved import Who
from catalog.pages import figures


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeping:
    """What a reader can do with a model, or with a publisher, which is only followed."""

    is_signed_in: bool
    sign_in_url: str
    follow_url: str
    is_followed: bool = False
    like_url: str = ""
    is_liked: bool = False
    likes: str = ""
    collect_url: str = ""
    new_collection_url: str = ""
    choices: tuple[Choice, ...] = ()
    is_open: bool = False


def of_model(user: Who, ai_model: AIModel, *, is_open: bool = False) -> Keeping:
    """In no query at all for who did not sign in. See own_likes()."""
    name = [ai_model.publisher.slug, ai_model.name]
    liked, followed = _held(user, ai_model)
    return Keeping(
        is_signed_in=user.is_authenticated,
        sign_in_url=sign_in_url(ai_model.get_absolute_url()),
        like_url=reverse("like", args=name),
        follow_url=reverse("follow", args=name),
        is_liked=liked,
        is_followed=followed,
        likes=figures.compact(ai_model.own_likes or None),
        collect_url=reverse("collect", args=name) if ai_model.is_listed else "",
        new_collection_url=f"{reverse('new_collection')}?{urlencode({'model': ai_model})}",
        choices=tuple(collections.choices(user, ai_model)),
        is_open=is_open,
    )


def of_publisher(user: Who, publisher: Publisher) -> Keeping:
    mine = Follow.objects.filter(user=user.pk, publisher=publisher)
    return Keeping(
        is_signed_in=user.is_authenticated,
        sign_in_url=sign_in_url(publisher.get_absolute_url()),
        follow_url=reverse("follow_publisher", args=[publisher.slug]),
        is_followed=user.is_authenticated and mine.exists(),
    )


def sign_in_url(then: str) -> str:
    return f"{reverse('login')}?{urlencode({'next': then})}"


def to_sign_in(request: HttpRequest, subject: AIModel | Publisher) -> HttpResponse:
    """And back to the page, not to the address of its button."""
    url = sign_in_url(subject.get_absolute_url())
    return HttpResponseClientRedirect(url) if request.htmx else redirect(url)  # type: ignore[attr-defined]


def back(
    request: HttpRequest,
    subject: AIModel | Publisher,
    said: str,
    *,
    is_refused: bool = False,
    is_open: bool = False,
) -> HttpResponse:
    """The buttons alone for htmx, else the page that they were pressed on."""
    if request.htmx:  # type: ignore[attr-defined]
        again = _again(request, subject, is_open=is_open)
        context = {"keeping": again, "said": said, "refused": said if is_refused else ""}
        return render(request, "kept/pressed.html", context)
    (messages.error if is_refused else messages.success)(request, said)
    is_from_list = request.POST.get("from") == "following"
    return redirect("following") if is_from_list else redirect(subject)


def _again(request: HttpRequest, subject: AIModel | Publisher, *, is_open: bool) -> Keeping:
    if isinstance(subject, Publisher):
        return of_publisher(request.user, subject)
    counted = AIModel.objects.annotate(own_likes=own_likes())  # type: ignore[no-redef]
    fresh = counted.select_related("publisher").get(pk=subject.pk)
    return of_model(request.user, fresh, is_open=is_open)


def _held(user: Who, ai_model: AIModel) -> tuple[bool, bool]:
    if not user.is_authenticated:
        return False, False
    mine = {"user": user.pk, "ai_model": OuterRef("pk")}
    held = AIModel.objects.filter(pk=ai_model.pk).values_list(
        Exists(Like.objects.filter(**mine)), Exists(Follow.objects.filter(**mine))
    )
    is_liked, is_followed = held[0]
    return is_liked, is_followed
