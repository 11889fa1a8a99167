"""The servers of one test session: a home of their own, no network, nothing that moves on the page by itself."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

START_LIMIT = 180.0

SETTINGS = {
    "@jupyterlab/apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    "@jupyterlab/docmanager-extension/plugin": {"autosave": False},
    # Without it, cells off the screen are not rendered.
    "@jupyterlab/notebook-extension/tracker": {"windowingMode": "none"},
}

# The debugger asks every kernel that is opened, and complains on the console of one that is closed meanwhile.
PAGE_CONFIG = {"disabledExtensions": {"@jupyterlab/debugger-extension": True}}


class Server:
    """A server on a free port of this machine: waits until `alive`, a path, answers; `stop` ends it."""

    def __init__(self, home: Path, command: Sequence[str], environment: dict[str, str], alive: str) -> None:
        self.log_path = home / "server.log"
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        with self.log_path.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", *(part.replace("PORT", str(self.port)) for part in command)],
                env=environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._wait_until_it_answers(self.url + alive)

    def _wait_until_it_answers(self, url: str) -> None:
        deadline = time.monotonic() + START_LIMIT
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                opener.open(url, timeout=2).close()
                return
            except OSError:
                time.sleep(0.1)
        self.stop()
        raise RuntimeError(f"no answer from {url}:\n{self.log_path.read_text()[-4000:]}")

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class JupyterServer(Server):
    """Starts JupyterLab, or Notebook 7, below `home`; its kernels end with it."""

    def __init__(self, home: Path, app: Literal["jupyterlab", "notebook"] = "jupyterlab") -> None:
        self.notebooks = home / "notebooks"
        self.notebooks.mkdir(parents=True)
        environment = _environment(home)
        _write_settings(Path(environment["JUPYTERLAB_SETTINGS_DIR"]), Path(environment["JUPYTER_CONFIG_DIR"]))
        command = [
            *(app, "--no-browser", "--allow-root"),
            "--ServerApp.ip=127.0.0.1",
            "--ServerApp.port=PORT",
            "--ServerApp.port_retries=0",
            f"--ServerApp.root_dir={self.notebooks}",
            "--IdentityProvider.token=",
            f"--{'LabApp' if app == 'jupyterlab' else 'JupyterNotebookApp'}.expose_app_in_browser=True",
        ]
        super().__init__(home, command, environment, "/api/status")


class MarimoServer(Server):
    """Serves a marimo notebook, each visitor with a session of its own."""

    def __init__(self, home: Path, notebook: Path) -> None:
        command = ["marimo", "-q", "run", str(notebook), "--headless", "--no-token", "--host=127.0.0.1", "--port=PORT"]
        super().__init__(home, command, _environment(home), "/health")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _environment(home: Path) -> dict[str, str]:
    environment = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    folders = {
        "HOME": "home",
        "IPYTHONDIR": "ipython",
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_DATA_DIR": "data",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "JUPYTERLAB_SETTINGS_DIR": "settings",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
    }
    for name, folder in folders.items():
        (home / folder).mkdir(parents=True)
        environment[name] = str(home / folder)
    return environment


def _write_settings(folder: Path, config: Path) -> None:
    (config / "labconfig").mkdir()
    (config / "labconfig" / "page_config.json").write_text(json.dumps(PAGE_CONFIG))
    for plugin, settings in SETTINGS.items():
        path = folder / f"{plugin}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(settings))
