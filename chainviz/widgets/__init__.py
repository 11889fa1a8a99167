"""The views as Jupyter widgets. Importing this loads anywidget; nothing below it does."""

from __future__ import annotations

from chainviz.widgets.builder import ChainBuilder
from chainviz.widgets.graph import GraphView
from chainviz.widgets.views import EventTimeline, RunStateTree, TokenStreams, TracePanel

__all__ = ["ChainBuilder", "EventTimeline", "GraphView", "RunStateTree", "TokenStreams", "TracePanel"]
