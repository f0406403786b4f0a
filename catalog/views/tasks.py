"""What models do: all tasks, and one with its models."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from catalog.models import Task
from catalog.pages import counts, doors, rows, uses, words
from catalog.pages.address import Address

MOST_MODELS = 24


@require_safe
def tasks(request: HttpRequest) -> HttpResponse:
    return render(request, "catalog/tasks.html", {"task_groups": counts.task_groups()})


@require_safe
def task(request: HttpRequest, task_id: str) -> HttpResponse:
    found = get_object_or_404(Task, pk=task_id.lower())
    models = rows.listed().filter(task=found).by_popularity()[:MOST_MODELS]
    address, total = Address((("task", found.pk),)), uses.total(found)
    context = {
        "task": found,
        "rows": rows.of(models),
        "libraries": uses.libraries(found),
        "total": total,
        "all_url": address.url(),
        "doors": doors.of(address, total),
        "takes": words.modalities(found.modality_in),
        "gives": words.modalities(found.modality_out),
    }
    return render(request, "catalog/task.html", context)
