"""Configs under the name by which programs written for the reference implementation import them."""

from chainviz.config import RunnableConfig, ensure_config, get_config_list, merge_configs, patch_config
from chainviz.runnables.work import run_in_executor

__all__ = [
    "RunnableConfig",
    "ensure_config",
    "get_config_list",
    "merge_configs",
    "patch_config",
    "run_in_executor",
]
