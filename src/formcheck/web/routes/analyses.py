"""Films in, reports out."""

from http import HTTPStatus
from pathlib import Path as FilePath
from typing import Annotated, Any, Final, Self

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, ValidationError, model_validator
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response

from formcheck.exercise.language import load_language
from formcheck.storage.html import PAGE
from formcheck.web.analyses import UPLOAD, Order
from formcheck.web.problems import RESPONSES, first_problem
from formcheck.web.schemas import Analysis
from formcheck.web.security import REPORT_POLICY
from formcheck.web.state import State, StateOf
from formcheck.web.uploads import FORM, Upload, receive_upload

router = APIRouter(prefix="/v1/analyses", tags=["analyses"], responses=RESPONSES)
Name = Annotated[str, Path(description="Id of the analysis.", examples=["wPq3tT0X6m1yQkz0b7s9Ag"])]

ONE_FILE: Final = 'Send one film as "film", or one recording of poses as "poses".'
TYPES: Final = {
    ".html": "text/html",
    ".json": "application/json",
    ".csv": "text/csv",
    ".mp4": "video/mp4",
    ".parquet": "application/vnd.apache.parquet",
}
SHOWN: Final = (".html", ".json", ".mp4")
"""What browsers show; the rest is for keeping."""

_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            FORM: {
                "schema": {
                    "type": "object",
                    "required": ["exercise"],
                    "oneOf": [{"required": ["film"]}, {"required": ["poses"]}],
                    "properties": {
                        "film": {"type": "string", "format": "binary", "description": "A film or a photo."},
                        "poses": {"type": "string", "format": "binary", "description": "A poses.parquet of formcheck."},
                        "exercise": {"type": "string", "description": "Id of the exercise.", "examples": ["deadlift"]},
                        "language": {"type": "string", "description": "Language of names.", "examples": ["de"]},
                        "profile": {"type": "string", "description": "Whom to compare with.", "examples": ["anna"]},
                        "start": {"type": "number", "minimum": 0, "description": "Begin at this second."},
                        "end": {"type": "number", "exclusiveMinimum": 0, "description": "Stop at this second."},
                    },
                }
            }
        },
    }
}


class Fields(BaseModel):
    """The fields of the form beside the file."""

    model_config = ConfigDict(extra="forbid")

    exercise: str
    language: str = "en"
    profile: str | None = None
    start: Annotated[FiniteFloat, Field(ge=0.0)] | None = None
    end: Annotated[FiniteFloat, Field(gt=0.0)] | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.start is not None and self.end is not None and self.end <= self.start:
            raise ValueError("the end must come after the start")
        return self


@router.post("", status_code=HTTPStatus.ACCEPTED, openapi_extra=_BODY)
async def send_film(request: Request, response: Response, state: StateOf) -> Analysis:
    """Send a film, or a recording of poses, to be analysed; ask at the answer's `url` how far it is."""
    with state.analyses.place() as folder:
        (folder / UPLOAD).mkdir()
        upload = await receive_upload(request, folder / UPLOAD, state.settings)
        analysis = state.analyses.add(folder, _order(upload, state))
    response.headers["location"] = analysis.url
    return analysis


@router.get("")
def list_analyses(state: StateOf) -> list[Analysis]:
    """List all analyses and live sets, the newest first."""
    return state.analyses.newest_first()


@router.get("/{name}")
def show_analysis(state: StateOf, name: Name) -> Analysis:
    """Say how far an analysis is."""
    return state.analyses.get(name)


@router.get("/{name}/report", status_code=HTTPStatus.TEMPORARY_REDIRECT, response_class=RedirectResponse)
def show_report(state: StateOf, name: Name) -> str:
    """Lead to the report as a page, which stands beside its film."""
    state.analyses.files(name)
    return f"/v1/analyses/{name}/files/{PAGE}"


@router.get("/{name}/report.json", response_class=FileResponse)
def show_report_data(state: StateOf, name: Name) -> FileResponse:
    """Give the report as JSON."""
    return _file(state.analyses.files(name)["report.json"])


@router.get("/{name}/files/{file}", response_class=FileResponse)
def show_file(state: StateOf, name: Name, file: Annotated[str, Path(examples=["reps.csv"])]) -> FileResponse:
    """Give one file of the report: report.html, report.json, reps.csv, measures.csv, poses.parquet, annotated.mp4."""
    files = state.analyses.files(name)
    if file not in files:
        raise HTTPException(HTTPStatus.NOT_FOUND, f"The report has no such file; there are {', '.join(sorted(files))}.")
    return _file(files[file])


@router.delete("/{name}", status_code=HTTPStatus.NO_CONTENT)
async def delete_analysis(state: StateOf, name: Name) -> None:
    """Delete an analysis with everything that was kept of it; one that runs is stopped."""
    await state.analyses.delete(name)


def _order(upload: Upload, state: State) -> Order:
    """Make an order of what was sent.

    Raises
    ------
    HTTPException
        422 if something is missing or wrong.
    UserError
        If there is no such exercise, language or profile.
    """
    if upload.path is None or upload.part not in ("film", "poses"):
        raise HTTPException(HTTPStatus.UNPROCESSABLE_ENTITY, ONE_FILE)
    try:
        fields = Fields.model_validate({name: value for name, value in upload.values.items() if value})
    except ValidationError as error:
        raise HTTPException(HTTPStatus.UNPROCESSABLE_ENTITY, first_problem(error.errors())) from None
    exercise = state.exercise(fields.exercise)
    if fields.profile is not None:
        state.check_profile(fields.profile)
    return Order(
        kind="film" if upload.part == "film" else "poses",
        name=upload.name,
        exercise=exercise,
        exercise_name=load_language(fields.language).exercise(fields.exercise, exercise.name),
        profile=fields.profile,
        start_s=fields.start,
        end_s=fields.end,
    )


def _file(path: FilePath) -> FileResponse:
    kind = "inline" if path.suffix in SHOWN else "attachment"
    policy = {"content-security-policy": REPORT_POLICY} if path.suffix == ".html" else {}
    media_type = TYPES.get(path.suffix, "application/octet-stream")
    return FileResponse(path, 200, policy, media_type, filename=path.name, content_disposition_type=kind)
