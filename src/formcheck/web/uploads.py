"""Taking in one uploaded file with a few fields beside it, straight to disk and never more of it than allowed."""

import asyncio
import logging
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import BinaryIO, Final

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.exceptions import HTTPException
from starlette.requests import Request

from formcheck.atomic import output_error
from formcheck.web.problems import BROKEN_OFF
from formcheck.web.settings import Settings

MOST_FIELDS: Final = 16
LONGEST_FIELD: Final = 1000
LONGEST_NAME: Final = 80
FORM: Final = "multipart/form-data"
UNKNOWN_NAME: Final = "upload"

logging.getLogger("python_multipart").setLevel(logging.ERROR)  # the client is told what is wrong with its form


@dataclass(slots=True)
class Upload:
    """What was sent: the file, what its field was called, what the client calls the file, and the other fields."""

    path: Path | None = None
    part: str = ""
    name: str = UNKNOWN_NAME
    values: dict[str, str] = field(default_factory=dict)


async def receive_upload(request: Request, folder: Path, settings: Settings) -> Upload:
    """Read the form of a request; its file is written into `folder`.

    Raises
    ------
    HTTPException
        413 if it is too large, 415 if it is no form, 408 if the client falls silent, 400 if the form is damaged.
    ClientDisconnect
        If the client goes away.
    OutputError
        If the file cannot be written.
    """
    _check_length(request, settings)
    form = _Form(_boundary(request), folder)
    try:
        await _read_all(request, form, settings)
    except FormParserError:
        raise HTTPException(HTTPStatus.BAD_REQUEST, BROKEN_OFF) from None
    except OSError as error:
        raise output_error(folder, error) from error
    finally:
        form.close()
    if not form.complete:
        raise HTTPException(HTTPStatus.BAD_REQUEST, BROKEN_OFF)
    return form.upload


def safe_name(name: str) -> str:
    """Return a client's name for a file such that it can name one here: no folders, no leading dot, not too long.

    >>> safe_name("../../etc/my film?.mp4")
    'my film_.mp4'
    """
    last = name.replace("\\", "/").rpartition("/")[2]
    kept = "".join(c if c.isalnum() or c in " .-_()" else "_" for c in last).strip(" .")
    return kept[-LONGEST_NAME:].strip(" .") or UNKNOWN_NAME


def _check_length(request: Request, settings: Settings) -> None:
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length) > settings.max_upload_bytes:
        raise too_large(settings)


def too_large(settings: Settings) -> HTTPException:
    """Return the refusal of a body that is too large."""
    return HTTPException(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        f"The film is too large: at most {settings.max_upload_mb:g} MB are taken; cut it or make its pictures smaller.",
    )


def _boundary(request: Request) -> bytes:
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    boundary = options.get(b"boundary", b"")
    if kind.decode("latin-1") != FORM or not 0 < len(boundary) <= 70:
        raise HTTPException(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"Send the film as a form ({FORM}).")
    return boundary


async def _read_all(request: Request, form: "_Form", settings: Settings) -> None:
    """Feed a form from a request, in a thread as it writes to a disk."""
    received = 0
    chunks = request.stream()
    while True:
        try:
            async with asyncio.timeout(settings.upload_pause_s):
                chunk = await anext(chunks, None)
        except TimeoutError:
            raise HTTPException(HTTPStatus.REQUEST_TIMEOUT, BROKEN_OFF) from None
        if chunk is None:
            return
        received += len(chunk)
        if received > settings.max_upload_bytes:
            raise too_large(settings)
        await asyncio.to_thread(form.feed, chunk)


class _Form:
    """Parses a multipart form as it comes: one file goes to disk, short fields are kept."""

    def __init__(self, boundary: bytes, folder: Path) -> None:
        self.upload = Upload()
        self.complete = False
        self._folder = folder
        self._file: BinaryIO | None = None
        self._header_name = self._header_value = self._disposition = b""
        self._name = ""
        self._value = bytearray()
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin_part,
                "on_header_field": self._add_header_name,
                "on_header_value": self._add_header_value,
                "on_header_end": self._end_header,
                "on_headers_finished": self._open_part,
                "on_part_data": self._add_data,
                "on_part_end": self._end_part,
                "on_end": self._end,
            },
        )

    def feed(self, chunk: bytes) -> None:
        """Parse one more piece.

        Raises
        ------
        FormParserError, HTTPException, OSError
        """
        self._parser.write(chunk)

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _begin_part(self) -> None:
        self._disposition = b""
        self._value.clear()

    def _add_header_name(self, data: bytes, start: int, end: int) -> None:
        self._header_name += data[start:end]

    def _add_header_value(self, data: bytes, start: int, end: int) -> None:
        self._header_value += data[start:end]

    def _end_header(self) -> None:
        if self._header_name.lower() == b"content-disposition":
            self._disposition = self._header_value
        self._header_name = self._header_value = b""

    def _open_part(self) -> None:
        _, options = parse_options_header(self._disposition)
        self._name = _text(options.get(b"name", b""))
        filename = options.get(b"filename")
        if filename is not None:
            self._open_file(_text(filename))
        elif len(self.upload.values) >= MOST_FIELDS:
            raise HTTPException(HTTPStatus.BAD_REQUEST, f"The form has more than {MOST_FIELDS} fields; send fewer.")

    def _open_file(self, name: str) -> None:
        if self.upload.path is not None:
            raise HTTPException(HTTPStatus.BAD_REQUEST, "The form holds two files; send one film at a time.")
        self.upload.part = self._name
        self.upload.name = safe_name(name)
        self.upload.path = self._folder / self.upload.name
        self._file = self.upload.path.open("xb")

    def _add_data(self, data: bytes, start: int, end: int) -> None:
        if self._file is not None:
            self._file.write(memoryview(data)[start:end])
            return
        self._value += data[start:end]
        if len(self._value) > LONGEST_FIELD:
            raise HTTPException(
                HTTPStatus.BAD_REQUEST, f"A field of the form is longer than {LONGEST_FIELD} bytes; send a shorter one."
            )

    def _end_part(self) -> None:
        if self._file is not None:
            self.close()
        else:
            self.upload.values[self._name] = _text(bytes(self._value))

    def _end(self) -> None:
        self.complete = True


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")
