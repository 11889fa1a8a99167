"""A FAISS store on disk: the index in the library's format, the documents as JSON. Neither has code in it."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from chainviz.documents import Document
from chainviz.errors import InvalidInputError, shorten

FORMAT = "chainviz-faiss-1"


class Saved(NamedTuple):
    """A store without its embeddings; `index` is None where it is empty."""

    distance: Any
    factory: str
    documents: Mapping[int, Document]
    index: Any


def write(folder: Path, name: str, saved: Saved) -> None:
    """Write a store to `<name>.faiss` and `<name>.json`; each file is there in whole or not at all.

    Raises InvalidInputError for metadata that JSON does not have, and before anything is written.
    """
    import faiss

    index_path, json_path = _paths(folder, name)
    index = b"" if saved.index is None else faiss.serialize_index(saved.index).tobytes()
    rows = [_row(number, document) for number, document in saved.documents.items()]
    head = json.dumps(
        {
            "format": FORMAT,
            "distance": saved.distance,
            "factory": saved.factory,
            "sha256": hashlib.sha256(index).hexdigest(),
        }
    )
    folder.mkdir(parents=True, exist_ok=True)
    _replace(index_path, index)
    _replace(json_path, (head[:-1] + ', "documents": [\n' + ",\n".join(rows) + "\n]}\n").encode())


def read(folder: Path, name: str) -> Saved:
    """Read what `write` wrote. Raises InvalidInputError where the files are damaged or do not belong together."""
    index_path, json_path = _paths(folder, name)
    data = json_path.read_bytes()
    index = index_path.read_bytes()
    try:
        given = json.loads(data)
        if given["format"] != FORMAT:
            raise ValueError(f"its format is {shorten(given['format'])}")
        documents = {
            int(number): Document(text, dict(metadata), str(id)) for number, id, text, metadata in given["documents"]
        }
        saved = Saved(given["distance"], str(given["factory"]), documents, None)
        digest = given["sha256"]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise InvalidInputError(f"{json_path}: expected the documents of a saved store, but {error!r}") from error
    if hashlib.sha256(index).hexdigest() != digest:
        raise InvalidInputError(f"{index_path}: expected the index that {json_path.name} was saved with, got another")
    return saved._replace(index=_index(index, saved, index_path) if index else None)


def _index(data: bytes, saved: Saved, path: Path) -> Any:
    import faiss
    import numpy as np

    try:
        index = faiss.deserialize_index(np.frombuffer(data, dtype=np.uint8))
    except RuntimeError as error:
        raise InvalidInputError(f"{path}: expected an index of FAISS, but {error}") from error
    if not isinstance(index, faiss.IndexIDMap2) or {*faiss.vector_to_array(index.id_map)} != {*saved.documents}:
        raise InvalidInputError(f"{path}: expected an index of the {len(saved.documents)} documents saved beside it")
    return index


def _row(number: int, document: Document) -> str:
    try:
        return json.dumps([number, document.id, document.page_content, document.metadata])
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidInputError(
            f"FAISS.save_local: expected metadata that JSON has, got {shorten(document.metadata)} of the document"
            f" {document.id!r}: {error}"
        ) from error


def _paths(folder: Path, name: str) -> tuple[Path, Path]:
    if name in ("", "..") or Path(name).name != name:
        raise InvalidInputError(f"index_name: expected the name of a file without its folder, got {shorten(name)}")
    return folder / f"{name}.faiss", folder / f"{name}.json"


def _replace(path: Path, data: bytes) -> None:
    half = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        half.write_bytes(data)
        half.replace(path)
    finally:
        half.unlink(missing_ok=True)


__all__ = ["Saved", "read", "write"]
