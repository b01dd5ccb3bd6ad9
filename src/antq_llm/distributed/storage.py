"""Files in a folder that all workers can reach, or at a URL that Arrow or fsspec can open."""

from __future__ import annotations

import importlib
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from antq_llm.core.optional_library import import_optional
from antq_llm.errors import ConfigurationError

EXTRA = "ray"
_URL = re.compile(r"[a-z][a-z0-9+.-]+:/", re.IGNORECASE)
_CUT_URL = re.compile(r"([a-z][a-z0-9+.-]+):/+", re.IGNORECASE)


def is_url(name: str) -> bool:
    """Return whether a name is a URL, such as ``s3://bucket/folder``, and not a path."""
    return _URL.match(name) is not None


def url_of(path: str | Path) -> str:
    """Return the address of a path, restoring slashes that a URL lost when it became a ``Path``."""
    name = str(path)
    cut = _CUT_URL.match(name)
    if cut is None:
        return str(Path(name).absolute())
    return f"{cut[1]}:{'///' if cut[1] == 'file' else '//'}{name[cut.end() :]}"


class Storage:
    """The files below an address, with names relative to it.

    Raises ConfigurationError if the address cannot be used.
    """

    def __init__(self, address: str) -> None:
        self.address = address
        self._fs_module = import_optional("pyarrow.fs", EXTRA)
        self._fs, self._root = self._open()
        self._is_local = isinstance(self._fs, self._fs_module.LocalFileSystem)

    def __reduce__(self) -> tuple[type[Storage], tuple[str]]:
        return Storage, (self.address,)

    def read(self, name: str) -> bytes | None:
        """Return a file's content, or None if there is no such file."""
        try:
            with self._fs.open_input_stream(self._path(name)) as file:
                return bytes(file.read())
        except FileNotFoundError:
            return None

    def write(self, name: str, content: bytes) -> None:
        """Write a file atomically; raise ConfigurationError if it cannot be written."""
        path = self._path(name)
        # An object store shows only complete files; a local folder also shows unfinished ones.
        target = f"{path}.{os.getpid()}.tmp" if self._is_local else path
        try:
            if self._is_local:
                self._fs.create_dir(path.rpartition("/")[0])
            with self._fs.open_output_stream(target) as file:
                file.write(content)
            if self._is_local:
                self._fs.move(target, path)
        except OSError as error:
            raise ConfigurationError(
                f"{self.address} cannot be written to ({error}): correct the cause, and run the "
                "same command again to continue"
            ) from error

    def names(self, folder: str = "") -> Iterator[str]:
        """Yield the names of all files in a folder and its subfolders, sorted."""
        start = self._path(folder) if folder else self._root
        selector = self._fs_module.FileSelector(start, recursive=True, allow_not_found=True)
        found = (info.path for info in self._fs.get_file_info(selector) if info.is_file)
        for path in sorted(found):
            yield path[len(self._root) :].lstrip("/")

    def copy_to(self, target: Path) -> int:
        """Copy the file or folder at the address to ``target``; return the number of files."""
        local = self._fs_module.LocalFileSystem()
        is_file = self._fs.get_file_info(self._root).is_file
        names = [""] if is_file else list(self.names())
        for name in names:
            path = target / name if name else target
            path.parent.mkdir(parents=True, exist_ok=True)
            source = self._path(name) if name else self._root
            self._fs_module.copy_files(
                source, str(path), source_filesystem=self._fs, destination_filesystem=local
            )
        return len(names)

    def delete(self, name: str) -> None:
        """Delete a file."""
        self._fs.delete_file(self._path(name))

    def _path(self, name: str) -> str:
        return f"{self._root}/{name}"

    def _open(self) -> tuple[Any, str]:
        file_system = self._fs_module.FileSystem
        try:
            if not is_url(self.address):
                return self._fs_module.LocalFileSystem(), self.address.rstrip("/")
            fs, root = file_system.from_uri(self.address)
        except (OSError, ValueError) as error:
            return self._open_with_fsspec(error)
        return fs, root.rstrip("/")

    def _open_with_fsspec(self, reason: Exception) -> tuple[Any, str]:
        try:
            fsspec: Any = importlib.import_module("fsspec.core")
            fs, root = fsspec.url_to_fs(self.address)
        except (ImportError, OSError, ValueError) as error:
            raise ConfigurationError(
                f"{self.address} cannot be opened ({reason}; {error}): name a folder, or a URL "
                "that Arrow or fsspec supports"
            ) from error
        wrapped = self._fs_module.PyFileSystem(self._fs_module.FSSpecHandler(fs))
        return wrapped, str(root).rstrip("/")
