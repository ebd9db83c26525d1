"""The pages, and what they load: all of it from here, nothing from anywhere else."""

import mimetypes
from pathlib import Path as FilePath
from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response
from starlette.staticfiles import StaticFiles

from formcheck.estimators import models
from formcheck.web.state import StateOf

STATIC: Final = FilePath(__file__).parents[1] / "static"
PAGES: Final = {"/": "index.html", "/film": "film.html", "/exercises": "exercises.html", "/today": "today.html"}
REVALIDATED: Final = {"cache-control": "no-cache"}
"""Kept by browsers, but asked for again: a new formcheck must not meet the script of an old one."""

# On some machines the registry says otherwise, and browsers run no script that is called plain text.
for _ending, _type in ((".js", "text/javascript"), (".mjs", "text/javascript"), (".wasm", "application/wasm")):
    mimetypes.add_type(_type, _ending)

router = APIRouter(include_in_schema=False)


@router.get("/")
@router.get("/film")
@router.get("/exercises")
@router.get("/today")
async def page(request: Request) -> Response:
    """Give one of the pages."""
    return await _file(request, STATIC, PAGES[request.url.path])


@router.get("/static/{path:path}")
async def static(request: Request, path: str) -> Response:
    """Give what the pages are made of."""
    return await _file(request, STATIC, path)


@router.get("/pose/{path:path}")
async def pose_program(request: Request, path: str) -> Response:
    """Give the program that finds poses in the browser."""
    return await _file(request, models.browser_dir(), path)


@router.get("/models/lite.task")
async def live_model(request: Request, state: StateOf) -> Response:
    """Give the pose model for live sets."""
    path = models.model_path(state.settings.live_model)
    return await _file(request, path.parent, path.name)


async def _file(request: Request, folder: FilePath, path: str) -> Response:
    """Give a file of a folder, or say that it is the same as before."""
    answer = await StaticFiles(directory=folder).get_response(path, request.scope)
    answer.headers.update(REVALIDATED)
    return answer
