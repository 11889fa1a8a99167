"""What came from a model, a tool or a file is text: nothing of it runs, is drawn as markup, or is fetched."""

from __future__ import annotations

from playwright.sync_api import expect

from .cells import RETRIEVAL
from .lab import Lab
from .panel import Panel

HOSTILE = (
    "<img src=http://evil.invalid/x onerror=window.owned=1><script>window.owned=1</script>\u202etxt.exe\u202c\u200b"
)

CELL = f"""%%trace
from chainviz import AIMessage, GenericFakeChatModel, RunnableLambda
hostile = {HOSTILE!r}
model = GenericFakeChatModel(messages=iter([AIMessage(content=hostile)])).with_config(run_name=hostile)
chain = RunnableLambda(lambda text: {{"__proto__": text, hostile: text}}) | str | model
for chunk in chain.with_config(tags=[hostile], metadata={{"constructor": hostile}}).stream(hostile):
    pass
"""


def test_hostile_text_is_shown_as_text(lab: Lab) -> None:
    lab.notebook([RETRIEVAL, CELL])
    lab.run(0, 1)
    panel = Panel(lab.view(1))
    expect(panel.status).to_have_text("done")
    expect(panel.tokens).to_contain_text("<img src=")
    for item in panel.runs.get_by_role("treeitem").all():
        item.click()
    expect(panel.details).to_contain_text("<script>")
    assert lab.page.evaluate("window.owned") is None
    assert panel.root.locator("img, script, iframe, object, a[href]").count() == 0
    assert "\u202e" not in panel.root.inner_text(), "characters that turn the text around are made visible"
    assert lab.page.evaluate("({}).polluted") is None
