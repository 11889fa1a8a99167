"""Generator functions, which stream for the sync verbs and refuse to for the others."""

from __future__ import annotations

from typing import Any

from ..cores import Core
from ..observe import CALLS, HANDLERS, PLAIN, TRANSFORMS, Program
from ..steps import letters, shout, spelling, twice

MODES = (*PLAIN, *HANDLERS)
MEANT = (*CALLS, "stream", "astream")
"""Without the handlers, who hear of more here: of fallbacks inside their parent, of siblings that are cancelled."""


def shouts(core: Core) -> Any:
    return core.RunnableGenerator(shout)


PROGRAMS = [
    Program("lambda_generator", lambda c: c.RunnableLambda(letters), modes=MODES),
    Program("lambda_generator_transforms", lambda c: c.RunnableLambda(letters), modes=TRANSFORMS, chunks=("a", "b")),
    Program("decorated_generator", lambda c: c.chain(letters), modes=MODES),
    Program("generator", shouts, modes=MODES, chunks=("a", "b")),
    Program("generator_in_sequence", lambda c: spelling(c) | shout | twice, modes=MODES),
    Program("generator_first_in_sequence", lambda c: shouts(c) | twice, modes=MODES),
    Program("generator_in_parallel", lambda c: c.RunnableParallel(a=shouts(c), b=twice), modes=MEANT),
    Program("generator_in_assign", lambda c: twice | c.RunnablePassthrough.assign(a=shouts(c)), {}, modes=MODES),
    Program("generator_in_branch", lambda c: c.RunnableBranch((bool, shouts(c)), twice), modes=MODES),
    Program("generator_in_fallbacks", lambda c: shouts(c).with_fallbacks([c.RunnableLambda(twice)]), modes=MEANT),
    Program("generator_in_retry", lambda c: shouts(c).with_retry(stop_after_attempt=2), modes=MODES),
    Program("generator_in_each", lambda c: shouts(c).map(), ["a", "b"], modes=(*CALLS, "astream", *HANDLERS)),
    Program("generator_returned", lambda c: c.RunnableLambda(lambda x: shouts(c)), modes=MODES),
    Program("generator_named", lambda c: shouts(c).with_config(run_name="loud"), modes=MODES),
    Program("generator_listened", lambda c: shouts(c).with_listeners(on_start=lambda run: None), modes=MODES),
]
