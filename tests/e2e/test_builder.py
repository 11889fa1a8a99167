"""Journey 7, Build: a chain made by mouse, and again by keyboard, run where it is made, and taken along as Python."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from .builder import Builder
from .cells import RETRIEVAL
from .lab import Lab
from .payloads import PAYLOADS
from .test_accessible import violations
from .tripwires import SCRIPT as TRIPWIRES

BUILD = "import chainviz\nretriever = store.as_retriever()\nb = chainviz.build()"
QUESTION = "where did harrison work?"
TEMPLATE = """Answer the question based only on the following context:
{context}

Question: {question}
"""
CODE = '''from chainviz import ChatPromptTemplate, LocalChatModel, RunnablePassthrough, StrOutputParser

chain = (
    {"context": retriever, "question": RunnablePassthrough()}
    | ChatPromptTemplate.from_template("""Answer the question based only on the following context:
{context}

Question: {question}
""")
    | LocalChatModel()
    | StrOutputParser()
)
'''


@pytest.fixture
def empty(lab: Lab) -> Builder:
    """A builder without a chain yet, `b` in the notebook, where there is a retriever."""
    lab.notebook([RETRIEVAL, BUILD])
    lab.run(0, 1)
    builder = Builder(lab.view(1).first)
    expect(builder.components).to_be_visible()
    return builder


def answered(lab: Lab, b: Builder) -> None:
    """The chain is there, and runs where it was built."""
    assert lab.kernel_eval("b.code") == CODE
    expect(b.code).to_contain_text("| StrOutputParser()")
    expect(b.status).to_have_text(re.compile("^done"))
    for name in ("context: retriever", "question: RunnablePassthrough", "ChatPromptTemplate", "StrOutputParser"):
        expect(b.step(name)).to_have_accessible_name(re.compile(", done"))
    expect(b.card("StrOutputParser")).to_contain_text("Kensho")


def test_the_retrieval_chain_is_built_by_mouse(lab: Lab, empty: Builder) -> None:
    b = empty
    b.option("parallel").click()
    b.card("first: RunnablePassthrough").click()
    b.option("retriever").click()
    b.field("Key").fill("context")
    b.card("second: RunnablePassthrough").click()
    b.option("RunnablePassthrough").click()
    b.field("Key").fill("question")
    b.edge("parallel", "after").click()
    b.option("ChatPromptTemplate").click()
    b.field("text").fill(TEMPLATE)
    b.edge("ChatPromptTemplate", "after").click()
    b.option("StrOutputParser").click()
    b.card("ChatPromptTemplate").click()
    b.edge("StrOutputParser", "before").click()
    b.option("LocalChatModel").drag_to(b.edge("StrOutputParser", "before"))
    expect(b.step("LocalChatModel")).to_be_visible()
    b.field("Input").fill(QUESTION)
    b.root.get_by_role("button", name="Run").click()
    answered(lab, b)


def test_and_by_keyboard_alone_with_undo_and_redo(lab: Lab, empty: Builder) -> None:
    b, keyboard = empty, lab.page.keyboard

    def choose(name: str) -> None:
        expect(b.search).to_be_focused()
        keyboard.insert_text(name)
        expect(b.option(name)).to_have_attribute("aria-selected", "true")
        keyboard.press("Enter")
        expect(b.search).to_have_count(0)

    def put_after(name: str) -> None:
        keyboard.press("i")
        choose(name)
        expect(b.tree.get_by_role("treeitem", name=re.compile(f"(^|: ){name}, "))).to_be_focused()

    def rename(key: str) -> None:
        keyboard.press("F2")
        expect(b.field("Key")).to_be_focused()
        keyboard.press("Control+a")
        keyboard.insert_text(key)
        keyboard.press("Escape")
        expect(b.tree.get_by_role("treeitem", name=re.compile(f"^{key}: "))).to_be_focused()

    b.search.focus()
    choose("parallel")
    expect(b.step("parallel")).to_be_focused()
    keyboard.press("ArrowDown")
    put_after("retriever")
    rename("context")
    keyboard.press("ArrowDown")
    rename("question")
    keyboard.press("ArrowLeft")
    put_after("ChatPromptTemplate")
    expect(b.step("ChatPromptTemplate")).to_be_focused()
    keyboard.press("Enter")
    keyboard.press("Tab")
    expect(b.field("text")).to_be_focused()
    keyboard.press("Control+a")
    keyboard.insert_text(TEMPLATE)
    keyboard.press("Escape")
    expect(b.step("ChatPromptTemplate")).to_be_focused()
    put_after("LocalChatModel")
    put_after("StrOutputParser")
    expect(b.step("StrOutputParser")).to_be_focused()
    for _ in range(60):
        keyboard.press("Tab")
        if b.field("Input").evaluate("(input) => input === document.activeElement"):
            break
    keyboard.insert_text(QUESTION)
    keyboard.press("Control+Enter")
    answered(lab, b)
    keyboard.press("Escape")

    done = 0
    while lab.kernel_eval("'parallel' in b.code or '{' in b.code"):
        keyboard.press("Control+z")
        done += 1
        lab.page.wait_for_timeout(100)
        assert done < 20
    expect(b.tree.get_by_role("treeitem")).to_have_count(2)
    for _ in range(done):
        keyboard.press("Control+Shift+z")
    expect(b.step("StrOutputParser")).to_be_visible()
    expect(b.code).to_contain_text("| StrOutputParser()")
    assert lab.kernel_eval("b.code") == CODE


def flat(code: str) -> str:
    """The last statement of a code, however it was broken into lines."""
    return re.sub(r",(?=[)}\]])", "", re.sub(r"\s", "", code.split("chain =")[-1]))


def says(lab: Lab, code: str) -> None:
    """Wait until the notebook's builder has this chain."""
    for _ in range(200):
        if flat(lab.kernel_eval("b.code")) in (flat(code), f"({flat(code)})"):
            return
        lab.page.wait_for_timeout(50)
    assert flat(lab.kernel_eval("b.code")) == flat(code)


def test_every_operation_by_menu_key_and_drag(lab: Lab) -> None:
    model, parser, slot = "LocalChatModel()", "StrOutputParser()", "RunnablePassthrough()"
    lab.notebook(["import chainviz\nfrom chainviz import *\nb = chainviz.build(LocalChatModel() | StrOutputParser())"])
    lab.run(0)
    b, keyboard = Builder(lab.view(0).first), lab.page.keyboard

    b.do("StrOutputParser", "Wrap in", "fallbacks")
    says(lab, f"{model} | {parser}.with_fallbacks([{slot}])")
    b.do("fallbacks", "Unwrap", "first: StrOutputParser")
    says(lab, f"{model} | {parser}")
    for wrap, code in (("branch", f"RunnableBranch(({slot}, {parser}), {slot})"), ("retry", f"{parser}.with_retry()")):
        b.do("StrOutputParser", "Wrap in", wrap)
        says(lab, f"{model} | {code}")
        b.root.get_by_role("button", name="Undo").click()
        says(lab, f"{model} | {parser}")
    b.do("StrOutputParser", "Wrap in", "each")
    says(lab, f"{model} | {parser}.map()")
    b.do("each item: StrOutputParser", "Extract to a variable")
    b.field("Variable").fill("text")
    b.field("Variable").press("Enter")
    says(lab, f"{model} | text.map()")
    b.do("map", "Unwrap")
    says(lab, f"{model} | text")
    b.do("StrOutputParser", "Dissolve the variable")
    says(lab, f"{model} | {parser}")

    b.card("StrOutputParser").click()
    keyboard.press("Alt+ArrowUp")
    says(lab, f"{parser} | {model}")
    expect(b.step("StrOutputParser")).to_be_focused()
    keyboard.press("Alt+ArrowDown")
    says(lab, f"{model} | {parser}")
    keyboard.press("Control+d")
    says(lab, f"{model} | {parser} | {parser}")
    keyboard.press("Delete")
    says(lab, f"{model} | {parser}")

    b.do("LocalChatModel", "Wrap in", "parallel")
    b.do("parallel", "Add a slot")
    says(lab, f'{{"first": {model}, "second": {slot}, "step": {slot}}} | {parser}')
    b.card("StrOutputParser").drag_to(b.card("second: RunnablePassthrough"))
    says(lab, f'RunnableParallel({{"first": {model}, "second": {parser}, "step": {slot}}})')
    b.card("step: RunnablePassthrough").drag_to(b.card("first: LocalChatModel"), target_position={"x": 4, "y": 10})
    says(lab, f'RunnableParallel({{"step": {slot}, "first": {model}, "second": {parser}}})')
    b.do("step: RunnablePassthrough", "Remove the slot")
    b.do("second: StrOutputParser", "Replace")
    b.option("JsonOutputParser").click()
    says(lab, f'RunnableParallel({{"first": {model}, "second": JsonOutputParser()}})')
    b.do("second: JsonOutputParser", "Delete")
    b.card("first: LocalChatModel").click()
    keyboard.press("I")
    b.option("ChatPromptTemplate").drag_to(b.card("second: RunnablePassthrough"))
    expect(b.step("second: ChatPromptTemplate")).to_be_visible()
    b.edge("first: LocalChatModel", "after").click()
    b.option("StrOutputParser").click()
    prompt = 'ChatPromptTemplate.from_template("{question}")'
    says(lab, f'RunnableParallel({{"first": {model} | {parser}, "second": {prompt}}})')


def test_every_operation_by_key_and_each_undone(lab: Lab) -> None:
    model, parser, slot = "LocalChatModel()", "StrOutputParser()", "RunnablePassthrough()"
    lab.notebook(["import chainviz\nfrom chainviz import *\nb = chainviz.build(LocalChatModel() | StrOutputParser())"])
    lab.run(0)
    b, keyboard = Builder(lab.view(0).first), lab.page.keyboard
    b.card("StrOutputParser").click()

    def undone(code: str, before: str) -> None:
        says(lab, code)
        keyboard.press("Control+z")
        says(lab, before)
        keyboard.press("Control+Shift+z")
        says(lab, code)

    def chosen(name: str) -> None:
        expect(b.root.get_by_role("menuitem", name=name)).to_be_visible()
        while not b.root.get_by_role("menuitem", name=name).evaluate("(item) => item === document.activeElement"):
            keyboard.press("ArrowDown")
        keyboard.press("Enter")

    def component(name: str) -> None:
        expect(b.search).to_be_focused()
        keyboard.insert_text(name)
        expect(b.option(name)).to_have_attribute("aria-selected", "true")
        keyboard.press("Enter")
        expect(b.search).to_have_count(0)

    both = f"{model} | {parser}"
    for wrapper, code in (
        ("branch", f"RunnableBranch(({slot}, {parser}), {slot})"),
        ("fallbacks", f"{parser}.with_fallbacks([{slot}])"),
        ("each", f"{parser}.map()"),
        ("retry", f"{parser}.with_retry()"),
        ("parallel", f'{{"first": {parser}, "second": {slot}}}'),
    ):
        keyboard.press("w")
        chosen(wrapper)
        undone(f"{model} | {code}", both)
        if wrapper != "parallel":
            keyboard.press("Control+z")
            says(lab, both)
            b.step("StrOutputParser").focus()
    b.step("parallel").focus()
    keyboard.press("a")
    three = f'{model} | {{"first": {parser}, "second": {slot}, "step": {slot}}}'
    undone(three, f'{model} | {{"first": {parser}, "second": {slot}}}')
    b.step("step: RunnablePassthrough").focus()
    keyboard.press("Shift+F10")
    chosen("Remove the slot")
    undone(f'{model} | {{"first": {parser}, "second": {slot}}}', three)
    b.step("parallel").focus()
    keyboard.press("u")
    chosen("first: StrOutputParser")
    undone(both, f'{model} | {{"first": {parser}, "second": {slot}}}')

    b.step("StrOutputParser").focus()
    keyboard.press("I")
    component("JsonOutputParser")
    undone(f"{model} | JsonOutputParser() | {parser}", both)
    b.step("JsonOutputParser").focus()
    keyboard.press("r")
    component("CommaSeparatedListOutputParser")
    undone(f"{model} | CommaSeparatedListOutputParser() | {parser}", f"{model} | JsonOutputParser() | {parser}")
    b.step("CommaSeparatedListOutputParser").focus()
    keyboard.press("Delete")
    undone(both, f"{model} | CommaSeparatedListOutputParser() | {parser}")
    b.step("StrOutputParser").focus()
    keyboard.press("Alt+ArrowUp")
    undone(f"{parser} | {model}", both)
    b.step("StrOutputParser").focus()
    keyboard.press("Alt+ArrowDown")
    undone(both, f"{parser} | {model}")
    b.step("StrOutputParser").focus()
    keyboard.press("Control+d")
    undone(f"{both} | {parser}", both)
    keyboard.press("Control+z")
    says(lab, both)
    b.step("StrOutputParser").focus()
    keyboard.press("Control+x")
    undone(model, both)
    b.step("LocalChatModel").focus()
    keyboard.press("Control+v")
    undone(both, model)
    b.step("StrOutputParser").focus()
    keyboard.press("v")
    expect(b.field("Variable")).to_be_focused()
    keyboard.insert_text("text")
    keyboard.press("Enter")
    says(lab, f"{model} | text")
    keyboard.press("Control+a")
    keyboard.press("Delete")
    keyboard.press("Enter")
    says(lab, both)
    b.step("LocalChatModel").focus()
    keyboard.press("Enter")
    expect(b.field("model")).to_be_focused()


FUNCTIONS = """import chainviz
from chainviz import *
def get_history(session_id: str) -> InMemoryChatMessageHistory:
    return InMemoryChatMessageHistory()
def loudly(chunks):
    for chunk in chunks:
        yield chunk.upper()
def quietly(text: str) -> str:
    return text.lower()
b = chainviz.build(LocalChatModel() | StrOutputParser())"""


def test_a_drag_says_what_it_will_do_and_does_it(lab: Lab) -> None:
    model, parser, slot = "LocalChatModel()", "StrOutputParser()", "RunnablePassthrough()"
    lab.notebook([FUNCTIONS])
    lab.run(0)
    b = Builder(lab.view(0).first)

    def palette() -> None:
        b.edge("LocalChatModel", "before").click()
        expect(b.components).to_be_visible()

    palette()
    b.dragged(b.option("retry"), b.card("StrOutputParser"), "Wrap in")
    says(lab, f"{model} | {parser}.with_retry()")
    b.dragged(b.card("each attempt: StrOutputParser"), b.card("retry"), "Unwrap")
    says(lab, f"{model} | {parser}")
    for name, code in (
        ("parallel", f'{{"first": {parser}, "second": {slot}}}'),
        ("branch", f"RunnableBranch(({slot}, {parser}), {slot})"),
        ("map", f"{parser}.map()"),
        ("fallbacks", f"{parser}.with_fallbacks([{slot}])"),
        ("history", f"RunnableWithMessageHistory({parser}, get_history)"),
    ):
        palette()
        b.dragged(b.option(name), b.card("StrOutputParser"), "Wrap in")
        says(lab, f"{model} | {code}")
        b.root.get_by_role("button", name="Undo").click()
        says(lab, f"{model} | {parser}")
    palette()
    b.dragged(b.option("JsonOutputParser"), b.card("StrOutputParser"), "Replace")
    says(lab, f"{model} | JsonOutputParser()")
    b.root.get_by_role("button", name="Undo").click()
    palette()
    b.dragged(b.option("assign"), b.card("StrOutputParser"), "Insert after ✗ takes {…}, gets str", share=0.9)
    says(lab, f"{model} | {parser} | RunnablePassthrough.assign(first={slot}, second={slot})")
    b.dragged(b.card("assign"), b.zone("Delete"), "Delete")
    says(lab, f"{model} | {parser}")
    b.dragged(b.card("StrOutputParser"), b.zone("Duplicate"), "Duplicate")
    says(lab, f"{model} | {parser} | {parser}")
    b.root.get_by_role("button", name="Undo").click()
    b.dragged(b.card("StrOutputParser"), b.card("LocalChatModel"), "Duplicate", share=0.1, key="Alt")
    says(lab, f"{parser} | {model} | {parser}")
    b.root.get_by_role("button", name="Undo").click()
    b.dragged(b.card("StrOutputParser"), b.zone("Extract to a variable"), "Extract to a variable")
    expect(b.field("Variable")).to_be_focused()
    b.field("Variable").fill("text")
    b.field("Variable").press("Enter")
    says(lab, f"{model} | text")

    b.do("LocalChatModel", "Wrap in", "parallel")
    palette_of(b, "second: RunnablePassthrough")
    b.dragged(b.option("loudly"), b.tree.locator("[data-add]"), "Add a slot")
    says(lab, f'{{"first": {model}, "second": {slot}, "step": loudly}} | text')
    b.dragged(b.card("step: loudly"), b.zone("Remove the slot"), "Remove the slot")
    says(lab, f'{{"first": {model}, "second": {slot}}} | text')
    for zone in ("Edit parameters", "Rename the key"):
        b.dragged(b.card("first: LocalChatModel"), b.zone(zone), zone)
        expect(b.field("Key")).to_be_focused()
        b.card("parallel").click()
    b.dragged(b.card("parallel"), b.card("first: LocalChatModel"), "Not into itself")
    says(lab, f'{{"first": {model}, "second": {slot}}} | text')
    b.card("second: RunnablePassthrough").dblclick()
    expect(b.field("Key")).to_be_focused()
    b.field("Key").fill("other")
    b.field("Key").press("Enter")
    says(lab, f'{{"first": {model}, "other": {slot}}} | text')

    b.do("other: RunnablePassthrough", "Replace")
    b.option("RunnableGenerator").click()
    b.field("function").select_option(label="loudly")
    says(lab, f'{{"first": {model}, "other": loudly}} | text')
    lab.kernel_eval("exec('def softly(chunks):\\n    yield from chunks', globals()) or 1")
    b.field("function").focus()
    b.field("function").select_option(label="softly")
    says(lab, f'{{"first": {model}, "other": softly}} | text')


def palette_of(b: Builder, name: str) -> None:
    b.card(name).click()
    expect(b.components).to_be_visible()


def test_steps_go_to_other_builders_and_code_to_the_next_cell_and_back(lab: Lab) -> None:
    lab.notebook([RETRIEVAL, "import chainviz\na = chainviz.build(retrieval_chain())", "b = chainviz.build()"])
    lab.run(0, 1, 2)
    lab.output_width(900, height=2000)
    a, b, keyboard = Builder(lab.view(1).first), Builder(lab.view(2).first), lab.page.keyboard
    a.card("ChatPromptTemplate").click()
    keyboard.press("Control+c")
    b.card("RunnablePassthrough").click()
    keyboard.press("Control+v")
    expect(b.step("ChatPromptTemplate")).to_be_focused()
    a.card("StrOutputParser").click()
    keyboard.press("Control+x")
    expect(a.step("StrOutputParser")).to_have_count(0)
    b.card("ChatPromptTemplate").click()
    b.do("ChatPromptTemplate", "Paste after")
    expect(b.step("StrOutputParser")).to_be_visible()
    a.card("parallel").drag_to(b.edge("ChatPromptTemplate", "before"))
    expect(b.step("context: Docs")).to_be_visible()
    b.root.get_by_role("button", name="Put into the next cell").click()
    expect(lab.cell(3).locator(".jp-InputArea")).to_contain_text("store.as_retriever()")

    b.read("__import__('os').system('true')")
    expect(b.root.get_by_role("alert")).to_contain_text("__import__")
    expect(b.step("context: Docs")).to_be_visible()
    b.read("prompt | LocalChatModel() | StrOutputParser()")
    expect(b.step("LocalChatModel")).to_be_visible()
    lab.kernel_eval("setattr(b, 'chain', prompt) or 1")
    expect(b.step("LocalChatModel")).to_have_count(0)
    expect(b.step("ChatPromptTemplate")).to_be_visible()


def test_a_run_lights_up_the_steps_and_stops_and_begins_again_within(lab: Lab) -> None:
    lab.notebook([RETRIEVAL, "import chainviz\nb = chainviz.build(retrieval_chain(2))"])
    lab.run(0, 1)
    b = Builder(lab.view(1).first)
    b.field("Input").fill(QUESTION)
    b.root.get_by_role("button", name="Run").click()
    expect(b.step("my_llm")).to_have_accessible_name(re.compile(", streaming"))
    expect(b.step("ChatPromptTemplate")).to_have_accessible_name(re.compile(", done"))
    expect(b.card("context: Docs")).to_contain_text("harrison worked at kensho")
    expect(b.card("my_llm")).to_contain_text(re.compile("Harrison"))
    expect(b.root.get_by_text("Fill in the input")).to_have_count(0)
    b.root.get_by_role("button", name="Stop").click()
    expect(b.status).to_have_text(re.compile("^cancelled"))
    b.do("ChatPromptTemplate", "Run to here")
    expect(b.status).to_have_text(re.compile("^done"))
    expect(b.step("my_llm")).to_have_accessible_name("my_llm, chat model")
    b.card("my_llm").click()
    b.field("tokens_per_second").fill("1000")
    b.field("tokens_per_second").press("Enter")
    expect(b.code).to_contain_text("tokens_per_second=1000")
    b.do("my_llm", "Run again from here")
    expect(b.card("StrOutputParser")).to_contain_text("Harrison worked at Kensho.")
    expect(b.step("context: Docs")).to_have_accessible_name("context: Docs, retriever")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_mismatch_stands_on_its_edge_and_axe_has_nothing_to_complain_of(lab: Lab, theme: str) -> None:
    lab.notebook([RETRIEVAL, "import chainviz\nb = chainviz.build(store.as_retriever() | prompt)", "chainviz.build()"])
    lab.run(0, 1, 2)
    lab.theme(theme)
    b, empty = Builder(lab.view(1).first), Builder(lab.view(2).first)
    edge = b.edge("ChatPromptTemplate", "before")
    expect(edge).to_contain_text("expected {context: Any, question: Any}, got list[Document]")
    expect(empty.components).to_be_visible()
    found = violations(empty.root)
    b.card("ChatPromptTemplate").click()
    expect(b.field("text")).to_be_visible()
    b.field("template_format").focus()
    found += violations(b.root)
    b.card("ChatPromptTemplate").click(button="right")
    expect(b.menu).to_be_visible()
    found += violations(b.root)
    lab.theme("light")
    assert not found, "\n".join(found)
    lab.page.keyboard.press("Escape")
    b.field("n_messages").first.fill("0")
    b.field("n_messages").first.press("Enter")
    expect(b.field("n_messages").first).to_have_accessible_description("expected int ≥ 1, got 0")
    edge.locator("[data-fix]").first.click()
    expect(b.step("parallel")).to_be_visible()
    assert b.root.evaluate("(root) => root.scrollWidth <= root.clientWidth"), "nothing scrolls sideways"


HOSTILE = f"""import sys
sys.path.insert(0, {str(Path(__file__).parents[2])!r})
import chainviz
from chainviz import *
from tests.e2e.payloads import PAYLOADS
def chain(text):
    step = RunnableLambda(len).with_config(run_name=text, tags=[text], metadata={{"a": text}})
    return {{text: step, "b": RunnablePassthrough()}} | ChatPromptTemplate([("human", "{{b}}"), AIMessage(text)])
for payload in PAYLOADS[::12]:
    chainviz.build(chain(payload.text))"""


def test_what_a_chain_says_of_itself_is_text(lab: Lab) -> None:
    lab.notebook(["1", HOSTILE])
    lab.run(0)
    lab.page.evaluate(f"() => {{ {TRIPWIRES} }}")
    lab.run(1)
    payloads = PAYLOADS[::12]
    expect(lab.view(1)).to_have_count(len(payloads))
    for view, payload in zip(lab.view(1).all(), payloads, strict=True):
        b = Builder(view)
        step = b.tree.get_by_role("treeitem").nth(2)
        expect(step).to_contain_text(payload.sign)
        step.locator("> [aria-hidden]").click()
        expect(b.root.get_by_role("textbox").first).to_be_visible()
        b.card("ChatPromptTemplate").click()
        expect(b.field("text").first).to_be_visible()
    tripped = [fault for fault in lab.page.evaluate("tripwires.check()") if "State " not in fault]
    assert tripped == []
