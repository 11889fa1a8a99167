"""`to_html`: one page that needs nothing but itself, opened from a file."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from chainviz import RunnableLambda, RunnableParallel, load, trace
from chainviz.tracing.trace import Trace

from .browser import Guard
from .panel import Panel


def shout(text: str) -> str:
    return text.upper()


# All that a page says, also to those who hear it.
SAID = """() => {
    const attributes = ["aria-label", "title", "placeholder"];
    const said = [...document.querySelectorAll("#chainviz *")].flatMap((element) => [
        ...attributes.map((name) => element.getAttribute(name) ?? ""),
        ...[...element.childNodes].filter((node) => node instanceof Text).map((node) => node.data),
    ]);
    return [...new Set(said)];
}"""
ENGLISH = re.compile(
    r"\b(the|of|to|done|steps?|runs?|events?|errors?|details?|elapsed|show|copy|find|hide|filter|zoom|previous|next|now"
    r"|input|output|function|took|started|ended|click|maximise|replay|collapse|time|data|graph)\b",
    re.IGNORECASE,
)


def opened(browser: Browser, t: Trace, folder: Path, locale: str = "en-US") -> tuple[Page, Guard]:
    """The trace's page, opened from a file where there is no network."""
    path = folder / "trace.html"
    t.to_html(path)
    page = browser.new_context(offline=True, locale=locale).new_page()
    guard = Guard(page, "file:")
    page.goto(path.as_uri())
    return page, guard


def test_a_saved_trace_is_explored_without_kernel_and_network(browser: Browser, tmp_path: Path) -> None:
    with trace() as t:
        (RunnableLambda(str.strip) | shout | (lambda text: {"said": text})).invoke("  <b>hello</b> ")
    page, guard = opened(browser, t, tmp_path)
    panel = Panel(page.locator("body"))
    expect(panel.status).to_have_text("done")
    expect(panel.step("shout")).to_have_accessible_name(re.compile(", done"))
    panel.run("shout").click()
    expect(panel.details).to_contain_text("<B>HELLO</B>")
    panel.filter_by("name:shout")
    expect(panel.rows("shout").first).to_be_visible()
    assert panel.rows().count() == panel.rows("shout").count()
    guard.check()
    page.context.close()


def test_a_loaded_trace_has_all_its_views(browser: Browser, tmp_path: Path) -> None:
    with trace() as t:
        (RunnableLambda(str.strip) | RunnableParallel(loud=shout, quiet=str.lower)).invoke(" Hello ")
    page, guard = opened(browser, load(t.save(tmp_path / "t.jsonl")), tmp_path)
    panel = Panel(page.locator("body"))
    expect(panel.status).to_have_text("done")
    expect(panel.step("shout")).to_have_accessible_name(re.compile("^loud: .*, done"))
    panel.step("shout").click()
    expect(panel.details).to_contain_text("HELLO")
    expect(panel.state).to_contain_text("final_output")
    guard.check()
    page.context.close()


def test_a_thousand_runs_open_and_secrets_are_masked(browser: Browser, tmp_path: Path) -> None:
    with trace() as t:
        for number in range(500):
            (RunnableLambda(str.strip) | str).invoke(f"{number} sk-proj-abcdefghijklmnop1234 end")
    page, guard = opened(browser, t, tmp_path)
    panel = Panel(page.locator("body"))
    expect(panel.status).to_have_text("done")
    panel.run("RunnableSequence").first.click()
    expect(panel.details).to_contain_text("********** end")
    assert "abcdefghijklmnop" not in page.content()

    # The selected run is in sight in a tree that is shown again, too.
    for key in ("End", "Home"):
        panel.runs.press(key)
        panel.runs.press("Enter")
        page.get_by_role("button", name="Hide Timeline").click()
        expect(panel.runs).to_have_count(0)
        page.get_by_role("button", name="Timeline", exact=True).click()
        expect(panel.runs.get_by_role("treeitem", selected=True)).to_be_visible()
    guard.check()
    page.context.close()


def test_no_other_script_runs_and_nothing_is_fetched(browser: Browser, tmp_path: Path) -> None:
    with trace() as t:
        RunnableLambda(shout).invoke("hello")
    page, _ = opened(browser, t, tmp_path)
    expect(Panel(page.locator("body")).status).to_have_text("done")
    tried = page.evaluate(
        """async () => {
            const script = document.createElement("script");
            script.textContent = "window.ran = true";
            document.body.append(script);
            const fetched = await fetch(location.href).then(() => true, () => false);
            // Later, for what the browser's driver evaluates may evaluate.
            const evaluated = await new Promise((told) => setTimeout(() => {
                try { told(new Function("return true")()); } catch { told(false); }
            }));
            return [window.ran ?? false, fetched, evaluated];
        }"""
    )
    assert tried == [False, False, False]
    page.context.close()


def test_to_a_browser_that_speaks_spanish_it_says_all_in_spanish(browser: Browser, tmp_path: Path) -> None:
    with trace() as t:
        (RunnableLambda(str.strip) | shout).invoke(" hola ")
    page, guard = opened(browser, t, tmp_path, "es-ES")
    expect(page.get_by_role("status", name="Situación")).to_have_text("hecho")
    page.get_by_role("tree", name="Ejecuciones").get_by_role("treeitem").last.click()
    expect(page.get_by_role("region", name="Detalles")).to_contain_text("Salida")
    page.get_by_role("searchbox", name="Filtrar eventos").fill("status:nope")
    expect(page.get_by_role("alert")).to_contain_text("se esperaba")
    said = page.evaluate(SAID)
    assert len(said) > 50
    # The state's keys and the language of filters are what they are.
    assert [text for text in said if ENGLISH.search(text) and not re.search(r"_|status|type|\w:\w|[{/]", text)] == []
    guard.check()
    page.context.close()


@pytest.mark.parametrize(("locale", "said"), [("en-US", "needs a browser of 2023"), ("es-ES", "necesita un navegador")])
def test_to_an_old_browser_a_card_says_in_its_language_what_is_needed(
    browser: Browser, tmp_path: Path, locale: str, said: str
) -> None:
    with trace() as t:
        RunnableLambda(shout).invoke("hello")
    page = browser.new_context(offline=True, locale=locale).new_page()
    page.add_init_script("delete window.DecompressionStream")
    page.goto(Path(t.to_html(tmp_path / "trace.html")).as_uri())
    expect(page.get_by_role("alert")).to_contain_text(said)
    expect(page.get_by_role("alert")).to_contain_text("DecompressionStream is not defined")
    page.context.close()
