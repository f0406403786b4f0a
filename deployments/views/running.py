"""The Run tab of a model, and "try it" of a deployment: a form of the inputs, and the answer."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache

from accounts import reach
from accounts.models import User
from catalog.models import AIModel, Version
from catalog.pages import heading
from catalog.views.ai_models import find, to_canonical
from deployments import files
from deployments.forms import InputForm
from deployments.models import Deployment, Prediction
from deployments.pages import answers, calling, frame, runnable
from deployments.predictions import actions, queueing, serving
from deployments.predictions.checking import BadInput
from deployments.views.found import change_of_a_deployment, page_of_who_may_change
from deployments.views.predictions import owned

WAIT_SECONDS = 1.0  # a warm model answers within it, and its answer is on the first page


@never_cache
def model_run(request: HttpRequest, owner: str, name: str) -> HttpResponse:
    ai_model = find(owner, name)
    if (ai_model.publisher.slug, ai_model.name) != (owner, name):
        return to_canonical(request, ai_model, "model_run")
    choice = _chosen(ai_model, request.GET.get("version", ""))
    if request.method == "POST" and choice.version and choice.is_possible:
        return _ask(request, ai_model, choice)
    return _run_page(request, ai_model, choice)


@page_of_who_may_change
def deployment_try(request: HttpRequest, deployment: Deployment) -> HttpResponse:
    return _try_page(request, deployment)


@change_of_a_deployment
def ask_deployment(request: HttpRequest, deployment: Deployment) -> HttpResponse:
    version = _version_of(deployment)
    form = InputForm(version, request.POST, request.FILES, given=_given(request, version))
    prediction = _prediction(request, form, version, deployment)
    if prediction is None:
        return _try_page(request, deployment, form, status=400)
    return redirect(f"{request.path}?prediction={prediction.pk}#answer")


def _ask(request: HttpRequest, ai_model: AIModel, choice: runnable.Choice) -> HttpResponse:
    if not request.user.is_authenticated:
        return redirect(f"/account/login?{urlencode({'next': request.get_full_path()})}")
    version: Any = choice.version
    form = InputForm(version, request.POST, request.FILES, given=_given(request, version))
    prediction = _prediction(request, form, version, None)
    if prediction is None:
        return _run_page(request, ai_model, choice, form, status=400)
    query = {"version": request.GET.get("version", ""), "prediction": prediction.pk}
    return redirect(f"{request.path}?{urlencode({k: v for k, v in query.items() if v})}#answer")


def _prediction(
    request: HttpRequest, form: InputForm, version: Version, deployment: Deployment | None
) -> Prediction | None:
    """None when something is wrong; then the form tells what."""
    if not form.is_valid():
        return None
    user: Any = request.user
    owner = deployment.owner if deployment else reach.acting_owner(user)
    is_stream = version.bundle.is_streaming
    try:
        return actions.create(
            user,
            version=version,
            deployment=deployment,
            input=_with_files(request, owner, form.wished()),
            source=Prediction.Source.WEB,
            is_stream=is_stream,
            wait_seconds=0 if is_stream else WAIT_SECONDS,
        )
    except BadInput as error:
        form.refuse(error)
    except (
        serving.NotServed,
        queueing.QueueFull,
        files.TooLarge,
        files.OverQuota,
    ) as error:
        form.add_error(None, str(error))
    return None


def _with_files(request: HttpRequest, owner: User, wished: dict[str, Any]) -> dict[str, Any]:
    """Uploads are kept, and named by their addresses. Raises TooLarge or OverQuota."""
    return {name: _kept(request, owner, value) for name, value in wished.items()}


def _kept(request: HttpRequest, owner: User, value: Any) -> Any:
    if isinstance(value, list):
        return [_kept(request, owner, each) for each in value]
    if not hasattr(value, "chunks"):
        return value
    stored = files.store(owner, value.name, value.content_type or "", value)
    return files.url_of(stored, request)


def _run_page(
    request: HttpRequest,
    ai_model: AIModel,
    choice: runnable.Choice,
    form: InputForm | None = None,
    status: int = 200,
) -> HttpResponse:
    version = choice.version
    if form is None and version and choice.is_possible:
        form = InputForm(version, given=_given(request, version))
    context = {
        "frame": heading.of(ai_model, "model_run"),
        "choice": choice,
        "version": version,
        "form": form,
        "answer": _answer(request),
        "calls": calling.of_version(version) if version and choice.is_possible else [],
        "is_signed_in": request.user.is_authenticated,
    }
    return render(request, "deployments/run.html", context, status=status)


def _try_page(
    request: HttpRequest, deployment: Deployment, form: InputForm | None = None, status: int = 200
) -> HttpResponse:
    version = _version_of(deployment)
    context = {
        "frame": frame.of(request.user, deployment, "deployment_try"),
        "form": form or InputForm(version, given=_given(request, version)),
        "answer": _answer(request),
        "calls": calling.of_deployment(deployment, version),
    }
    return render(request, "deployments/try.html", context, status=status)


def _answer(request: HttpRequest) -> answers.Answer | None:
    asked = request.GET.get("prediction", "")
    if not (asked and request.user.is_authenticated):
        return None
    return answers.answer(owned(request, asked), request)


def _given(request: HttpRequest, version: Version) -> dict[str, Any]:
    """What a former prediction of the same model was given, when its form is opened again."""
    asked = request.GET.get("prediction") or request.GET.get("again") or ""
    if not (asked and request.user.is_authenticated):
        return {}
    former = Prediction.objects.visible_to(request.user).filter(
        pk=asked, ai_model=version.ai_model_id
    )
    found = former.values_list("input", flat=True).first()
    return found if isinstance(found, dict) else {}


def _version_of(deployment: Deployment) -> Version:
    try:
        return serving.version_of(deployment)
    except serving.NotServed as error:
        raise Http404 from error


def _chosen(ai_model: AIModel, version_id: str) -> runnable.Choice:
    try:
        return runnable.choose(ai_model, version_id)
    except Version.DoesNotExist as error:
        raise Http404 from error
