"""What a watchdog and Prometheus ask."""

from http import HTTPStatus

from fastapi import APIRouter
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.responses import Response

from formcheck.errors import ModelError
from formcheck.estimators.models import model_path
from formcheck.web.schemas import Readiness
from formcheck.web.state import StateOf

router = APIRouter(tags=["health"])


@router.get("/healthz")
def alive() -> dict[str, bool]:
    """Say that the server answers."""
    return {"alive": True}


@router.get("/readyz", responses={503: {"model": Readiness, "description": "Not ready; the text says why."}})
def ready(state: StateOf, response: Response) -> Readiness:
    """Say whether films can be taken now."""
    try:
        model_path(state.settings.model)
        text = None
    except ModelError as error:
        text = str(error)
    has_model = text is None
    if has_model and state.analyses.full:
        text = "The queue is full; send films in a few minutes."
    if text:
        response.status_code = HTTPStatus.SERVICE_UNAVAILABLE
    return Readiness(ready=text is None, model=has_model, waiting=state.analyses.waiting, text=text)


@router.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
def metrics(state: StateOf) -> Response:
    """Give figures to Prometheus."""
    return Response(state.metrics.text(), media_type=CONTENT_TYPE_LATEST)
