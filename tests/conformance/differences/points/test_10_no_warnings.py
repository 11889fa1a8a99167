"""No verb warns."""

from __future__ import annotations

import asyncio
import warnings

import pytest

from ...cores import OURS, REFERENCE, Core
from ...observe import adrained
from ...steps import aletters, letters


async def verbs_that_warn(core: Core) -> None:
    chain = core.RunnableLambda(letters, aletters)
    await adrained(chain.astream_events("x", version="v1"))
    await adrained(chain.astream_events("x", version="v2"))
    await adrained(chain.astream_log("x"))


@pytest.mark.filterwarnings("error")
def test_no_verb_warns() -> None:
    asyncio.run(verbs_that_warn(OURS))
    OURS.PromptTemplate.from_template("{a}").as_tool(name="asks", description="Asks.")  # there, a beta
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        asyncio.run(verbs_that_warn(REFERENCE))
    assert ["deprecated" in str(one.message) for one in seen] == [True] * 2
