"""Proofs that somebody uploads: read within bounds; what a proof is stands in `documents.proofs`."""

from __future__ import annotations

from collections.abc import Iterable

from werkzeug.datastructures import FileStorage

from ipfin.documents.proofs import LARGEST_MB, Proof, proof_from
from ipfin.web.office.uploads import shown_name


def read_proofs(files: Iterable[FileStorage]) -> list[Proof]:
    """Return what was uploaded.

    Raises:
        BadInput: a file is empty, too large, or neither a PDF nor a picture.
    """
    most = (LARGEST_MB << 20) + 1  # one more than is taken tells that there is too much
    return [
        proof_from(shown_name(file.filename) or "1", file.stream.read(most))
        for file in files
        if file.filename
    ]
