"""The journal: a trace as a file of JSON Lines, written as it happens or at once, and read back as a trace.

The first line says what the file is:

    {"format": "chainviz journal", "version": 1, "trace": id, "name": text or null, "anchor": ns since the epoch}

and each further line is one run event. `seq` is its place in the trace, `t` nanoseconds since the anchor by a clock
that never goes back, `run` the id of its run; values are in the forms of `tracing.values`.

    {seq, t, run, "kind": "start", parent_ids, path, type, name, tags, metadata, input?}
    {seq, t, run, "kind": "chunk", chunk}
    {seq, t, run, "kind": "end", output, input?}
    {seq, t, run, "kind": "error", error: {type, message, traceback}, input?}
    {seq, t, run, "kind": "cancel", reason, input?}
    {seq, t, run, "kind": "custom", name, data, tags?, metadata?}

A reader passes over fields that it does not know. Whatever the writer's end, the file is a valid prefix; the last line
may be torn.

Nothing is imported here: who writes a journal should not pay for what reads it.
"""
