"""What the person of a token likes and follows: of one model or publisher, and all of it."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound, PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.authentication import TokenAuthentication
from accounts.models import User
from accounts.scopes import Needs
from catalog.api import contract, naming, parameters, shapes
from catalog.api.serializers import ListShape, ModelShape
from catalog.kept import actions, news
from catalog.models import AIModel, Follow, Like, Publisher
from catalog.models.likes import MOST_FOLLOWED
from config.api import pages
from config.api.contract import PROBLEM
from config.api.pages import Listing, Segment
from config.api.problems import BadParameters

MOST_NEWS = 100
ERRORS = {401: PROBLEM, 403: PROBLEM, 404: PROBLEM}
PUBLISHER = [OpenApiParameter("slug", str, "path", description="The publisher; any case.")]


class LikeShape(serializers.Serializer[None]):
    model = serializers.CharField(help_text="owner/name.")
    is_liked = serializers.BooleanField(help_text="By the person of the token.")
    own_likes = serializers.IntegerField(
        help_text="People of this installation who like it; `likes` of a model is its source's."
    )


class FollowShape(serializers.Serializer[None]):
    type = serializers.ChoiceField(["model", "publisher"])
    name = serializers.CharField(help_text="owner/name of a model, or the name of a publisher.")
    is_followed = serializers.BooleanField()


class FollowedShape(serializers.Serializer[None]):
    type = serializers.ChoiceField(["model", "publisher"])
    name = serializers.CharField(help_text="owner/name of a model, or the name of a publisher.")
    url = serializers.URLField(help_text="Its page.")
    followed_at = serializers.DateTimeField()


class FollowedListShape(ListShape):
    results = FollowedShape(many=True)


class LikedListShape(ListShape):
    results = ModelShape(many=True)


class NewsShape(serializers.Serializer[None]):
    type = serializers.ChoiceField(news.Kind.values)
    model = serializers.CharField(help_text="owner/name.")
    version = serializers.CharField(allow_null=True, help_text="Its id, of a new version.")
    url = serializers.URLField(help_text="The model's page.")
    at = serializers.DateTimeField()


class NewsListShape(serializers.Serializer[None]):
    results = NewsShape(many=True)


class Personal(APIView):
    """Of a person: a token that is limited to an organisation has nothing to do here."""

    authentication_classes = [TokenAuthentication]
    permission_classes = [Needs("collections:read", "collections:write")]

    def person(self) -> User:
        user: Any = self.request.user
        if user.token is not None and user.token.organization_id is not None:
            raise PermissionDenied(
                "Likes and follows are a person's, and this token reaches what an organisation "
                "owns and nothing else. Use a token without that limit."
            )
        return user  # type: ignore[no-any-return]


class ModelLike(Personal):
    @extend_schema(
        operation_id="models.like.get",
        summary="Tell whether you like a model",
        parameters=contract.MODEL_NAME,
        responses={200: LikeShape, **ERRORS},
        tags=["Models"],
    )
    def get(self, request: Request, owner: str, name: str) -> Response:
        return self._answer(naming.find(owner, name).ai_model)

    @extend_schema(
        operation_id="models.like.set",
        summary="Like a model",
        description="Once a person: to like it again changes nothing.",
        parameters=contract.MODEL_NAME,
        request=None,
        responses={200: LikeShape, **ERRORS},
        tags=["Models"],
    )
    def put(self, request: Request, owner: str, name: str) -> Response:
        ai_model = naming.find(owner, name).ai_model
        actions.like(self.person(), ai_model)
        return self._answer(ai_model)

    @extend_schema(
        operation_id="models.like.delete",
        summary="Like a model no longer",
        parameters=contract.MODEL_NAME,
        request=None,
        responses={200: LikeShape, **ERRORS},
        tags=["Models"],
    )
    def delete(self, request: Request, owner: str, name: str) -> Response:
        ai_model = naming.find(owner, name).ai_model
        actions.unlike(self.person(), ai_model)
        return self._answer(ai_model)

    def _answer(self, ai_model: AIModel) -> Response:
        likes = Like.objects.filter(ai_model=ai_model)
        return Response(
            {
                "model": ai_model.full_name,
                "is_liked": likes.filter(user=self.person()).exists(),
                "own_likes": likes.count(),
            }
        )


class Following(Personal):
    """Of one thing, which `what` finds."""

    def answer(self, kind: str, name: str, **what: Any) -> Response:
        is_followed = Follow.objects.filter(user=self.person(), **what).exists()
        return Response({"type": kind, "name": name, "is_followed": is_followed})

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, actions.FollowsTooMany):
            said = f"You follow {MOST_FOLLOWED}, as many as one can; unfollow something first."
            exc = BadParameters({"name": [said]})
        return super().handle_exception(exc)


class ModelFollow(Following):
    @extend_schema(
        operation_id="models.follow.get",
        summary="Tell whether you follow a model",
        parameters=contract.MODEL_NAME,
        responses={200: FollowShape, **ERRORS},
        tags=["Models"],
    )
    def get(self, request: Request, owner: str, name: str) -> Response:
        return self._answer(naming.find(owner, name).ai_model)

    @extend_schema(
        operation_id="models.follow.set",
        summary="Follow a model",
        description="Its versions from now on, and its deprecation, are news.",
        parameters=contract.MODEL_NAME,
        request=None,
        responses={200: FollowShape, 400: PROBLEM, **ERRORS},
        tags=["Models"],
    )
    def put(self, request: Request, owner: str, name: str) -> Response:
        ai_model = naming.find(owner, name).ai_model
        actions.follow(self.person(), ai_model)
        return self._answer(ai_model)

    @extend_schema(
        operation_id="models.follow.delete",
        summary="Follow a model no longer",
        parameters=contract.MODEL_NAME,
        request=None,
        responses={200: FollowShape, **ERRORS},
        tags=["Models"],
    )
    def delete(self, request: Request, owner: str, name: str) -> Response:
        ai_model = naming.find(owner, name).ai_model
        actions.unfollow(self.person(), ai_model)
        return self._answer(ai_model)

    def _answer(self, ai_model: AIModel) -> Response:
        return self.answer("model", ai_model.full_name, ai_model=ai_model)


class PublisherFollow(Following):
    @extend_schema(
        operation_id="publishers.follow.get",
        summary="Tell whether you follow a publisher",
        parameters=PUBLISHER,
        responses={200: FollowShape, **ERRORS},
        tags=["Models"],
    )
    def get(self, request: Request, slug: str) -> Response:
        return self._answer(_publisher(slug))

    @extend_schema(
        operation_id="publishers.follow.set",
        summary="Follow a publisher",
        description="Its models from now on are news.",
        parameters=PUBLISHER,
        request=None,
        responses={200: FollowShape, 400: PROBLEM, **ERRORS},
        tags=["Models"],
    )
    def put(self, request: Request, slug: str) -> Response:
        publisher = _publisher(slug)
        actions.follow_publisher(self.person(), publisher)
        return self._answer(publisher)

    @extend_schema(
        operation_id="publishers.follow.delete",
        summary="Follow a publisher no longer",
        parameters=PUBLISHER,
        request=None,
        responses={200: FollowShape, **ERRORS},
        tags=["Models"],
    )
    def delete(self, request: Request, slug: str) -> Response:
        publisher = _publisher(slug)
        actions.unfollow_publisher(self.person(), publisher)
        return self._answer(publisher)

    def _answer(self, publisher: Publisher) -> Response:
        return self.answer("publisher", publisher.slug, publisher=publisher)


class LikedList(Personal):
    @extend_schema(
        operation_id="account.likes.list",
        summary="List the models that you like",
        description="The one liked last first. What is not listed by now is left out.",
        parameters=contract.PAGE,
        responses={200: LikedListShape, 400: PROBLEM, 401: PROBLEM, 403: PROBLEM},
        tags=["Account"],
    )
    def get(self, request: Request) -> Response:
        cursor, limit = parameters.read_page(request.query_params)
        likes = Like.objects.filter(user=self.person(), ai_model__status__in=AIModel.LISTED)
        page = Listing("likes", [Segment(likes, "created_at")]).page(cursor, limit)
        liked = dict(Like.objects.filter(pk__in=page.keys).values_list("pk", "ai_model_id"))
        ids = [liked[pk] for pk in page.keys if pk in liked]
        models = shapes.models(ids, origin=pages.origin(request))
        return Response(pages.answer(request, page, list(models.values())))


class FollowedList(Personal):
    @extend_schema(
        operation_id="account.following.list",
        summary="List the models and publishers that you follow",
        description="The one followed last first.",
        parameters=contract.PAGE,
        responses={200: FollowedListShape, 400: PROBLEM, 401: PROBLEM, 403: PROBLEM},
        tags=["Account"],
    )
    def get(self, request: Request) -> Response:
        cursor, limit = parameters.read_page(request.query_params)
        mine = Follow.objects.filter(user=self.person()).shown()
        page = Listing("following", [Segment(mine, "created_at")]).page(cursor, limit)
        rows = mine.select_related("ai_model__publisher", "publisher").in_bulk(page.keys)
        origin = pages.origin(request)
        results = [_followed(rows[pk], origin) for pk in page.keys if pk in rows]
        return Response(pages.answer(request, page, results))


class NewsList(Personal):
    @extend_schema(
        operation_id="account.following.news",
        summary="List what is new of what you follow",
        description=f"The newest {MOST_NEWS}: versions and deprecations of models, and models of "
        "publishers, since each was followed.",
        responses={200: NewsListShape, 401: PROBLEM, 403: PROBLEM},
        tags=["Account"],
    )
    def get(self, request: Request) -> Response:
        origin = pages.origin(request)
        found = news.of(self.person(), MOST_NEWS)
        return Response({"results": [_told(one, origin) for one in found]})


def _publisher(slug: str) -> Publisher:
    found = Publisher.objects.named(slug.replace("\0", "")).first()
    if found is None:
        raise NotFound(f"There is no publisher {slug} here.")
    return found


def _followed(follow: Follow, origin: str) -> dict[str, Any]:
    subject: Any = follow.ai_model or follow.publisher
    return {
        "type": "model" if follow.ai_model else "publisher",
        "name": str(subject),
        "url": f"{origin}{subject.get_absolute_url()}",
        "followed_at": follow.created_at,
    }


def _told(one: news.News, origin: str) -> dict[str, Any]:
    return {
        "type": str(one.kind.value),
        "model": one.ai_model.full_name,
        "version": one.version_id or None,
        "url": f"{origin}{one.ai_model.get_absolute_url()}",
        "at": one.at,
    }
