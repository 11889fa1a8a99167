"""The views of a trace, together and each alone. Views of one trace share selection, filter and time cursor."""

from __future__ import annotations

from chainviz.widgets.base import View


class TracePanel(View):
    """All views of a trace in one panel, with its status above and the details of the selected run."""

    kind = "trace"


class TokenStreams(View):
    """The tokens of a trace as they are made, one lane per model call."""

    kind = "tokens"


class RunStateTree(View):
    """The RunState of a trace, rebuilt in the browser by applying its patches."""

    kind = "state"


class EventTimeline(View):
    """The runs of a trace over time and its run events, with a filter."""

    kind = "timeline"
