"""A JupyterLab server for one test session: its own home, no network, nothing that moves on the page by itself."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

START_LIMIT = 180.0

SETTINGS = {
    "@jupyterlab/apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    "@jupyterlab/docmanager-extension/plugin": {"autosave": False},
    # Without it, cells off the screen are not rendered.
    "@jupyterlab/notebook-extension/tracker": {"windowingMode": "none"},
}

# The debugger asks every kernel that is opened, and complains on the console of one that is closed meanwhile.
PAGE_CONFIG = {"disabledExtensions": {"@jupyterlab/debugger-extension": True}}


class JupyterServer:
    """Starts `jupyter lab` below `home` and waits until it answers; `stop` ends it and its kernels."""

    def __init__(self, home: Path) -> None:
        self.notebooks = home / "notebooks"
        self.notebooks.mkdir(parents=True)
        self.log_path = home / "server.log"
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        environment = _environment(home)
        _write_settings(Path(environment["JUPYTERLAB_SETTINGS_DIR"]), Path(environment["JUPYTER_CONFIG_DIR"]))
        with self.log_path.open("wb") as log:
            self.process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"),
                    "--ServerApp.ip=127.0.0.1",
                    f"--ServerApp.port={self.port}",
                    "--ServerApp.port_retries=0",
                    f"--ServerApp.root_dir={self.notebooks}",
                    "--IdentityProvider.token=",
                    "--LabApp.expose_app_in_browser=True",
                ],
                env=environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._wait_until_it_answers()

    def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + START_LIMIT
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                opener.open(f"{self.url}/api/status", timeout=2).close()
                return
            except OSError:
                time.sleep(0.1)
        self.stop()
        raise RuntimeError(f"JupyterLab did not answer at {self.url}:\n{self.log_path.read_text()[-4000:]}")

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


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
        (home / folder).mkdir()
        environment[name] = str(home / folder)
    return environment


def _write_settings(folder: Path, config: Path) -> None:
    (config / "labconfig").mkdir()
    (config / "labconfig" / "page_config.json").write_text(json.dumps(PAGE_CONFIG))
    for plugin, settings in SETTINGS.items():
        path = folder / f"{plugin}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(settings))
