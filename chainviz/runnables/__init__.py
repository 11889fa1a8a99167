"""The Runnable interface and its combinators."""

from chainviz.addable import AddableDict
from chainviz.config import RunnableConfig, ensure_config
from chainviz.runnables.base import Runnable
from chainviz.runnables.binding import RunnableBinding
from chainviz.runnables.branch import RunnableBranch
from chainviz.runnables.each import RunnableEach
from chainviz.runnables.fallbacks import RunnableWithFallbacks
from chainviz.runnables.functions import RunnableGenerator, RunnableLambda, chain
from chainviz.runnables.parallel import RunnableMap, RunnableParallel
from chainviz.runnables.passthrough import RunnableAssign, RunnablePassthrough, RunnablePick
from chainviz.runnables.retry import RunnableRetry
from chainviz.runnables.sequence import RunnableSequence

__all__ = [
    "AddableDict",
    "Runnable",
    "RunnableAssign",
    "RunnableBinding",
    "RunnableBranch",
    "RunnableConfig",
    "RunnableEach",
    "RunnableGenerator",
    "RunnableLambda",
    "RunnableMap",
    "RunnableParallel",
    "RunnablePassthrough",
    "RunnablePick",
    "RunnableRetry",
    "RunnableSequence",
    "RunnableWithFallbacks",
    "chain",
    "ensure_config",
]
