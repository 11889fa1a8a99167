"""Prompts: variables, partials, placeholders, mustache, few shot; templates that are refused."""

from __future__ import annotations

from typing import Any

from ..cores import Core
from ..observe import HANDLERS, PLAIN, Program, value
from ..steps import DATA, upper


def spoken(core: Core) -> Any:
    return core.ChatPromptTemplate.from_messages([("system", "be {a}"), ("human", "{b}")])


def with_history(core: Core) -> Any:
    return core.ChatPromptTemplate.from_messages(
        [("system", "be {a}"), core.MessagesPlaceholder("history"), ("human", "{b}")]
    )


def with_optional(core: Core) -> Any:
    return core.ChatPromptTemplate.from_messages(
        [("system", "be {a}"), core.MessagesPlaceholder("history", optional=True), ("placeholder", "{more}")]
    )


def few_shot(core: Core) -> Any:
    return core.FewShotPromptTemplate(
        examples=[{"q": "1", "a": "2"}, {"q": "3", "a": "4"}],
        example_prompt=core.PromptTemplate.from_template("{q}={a}"),
        prefix="{p}",
        suffix="{s}",
        example_separator="|",
        input_variables=["p", "s"],
    )


MUSTACHE = "{{#people}}\n- {{name}} {{n}}\n{{/people}}\n{{^none}}no{{/none}} {{{raw}}} {{raw}}"
PEOPLE = {"people": [{"name": "A"}, {"name": "B"}], "n": 1, "none": [], "raw": "<&>"}


def mustache(core: Core) -> Any:
    return core.PromptTemplate.from_template(MUSTACHE, template_format="mustache")


@value
def many_parts(core: Core) -> Any:
    prompt = core.ChatPromptTemplate.from_messages(
        [
            ("system", "You are {who}"),
            core.MessagesPlaceholder("history", optional=True),
            ("placeholder", "{more}"),
            {"role": "ai", "content": "{{braces}} {n:.2f}"},
            core.HumanMessage("{as it is}"),
            "{question}",
            ("human", [{"type": "text", "text": "{who}"}, {"type": "image_url", "image_url": "{link}"}]),
        ]
    )
    values = {"who": "Cat", "n": 1, "question": ["a", {"b": 1}], "link": "http://x"}
    partial = prompt.partial(who=lambda: "Dog")
    return [
        sorted(prompt.input_variables),
        prompt.invoke(values),
        prompt.invoke({**values, "history": [("ai", "x")], "more": ["y"]}),
        sorted(partial.input_variables),
        partial.invoke({key: values[key] for key in ("n", "question", "link")}),
        (prompt[:1] + "{x}").invoke({"who": "a", "x": "b"}),
    ]


@value
def partials(core: Core) -> Any:
    count = iter(range(9))
    prompt = core.PromptTemplate.from_template("{a} {b} {c}").partial(a="A", b=lambda: str(next(count)))
    chat = spoken(core).partial(a="kind")
    return [
        prompt.format(c="C"),
        prompt.format(c="C"),
        prompt.format(c="C", a="other"),
        prompt.input_variables,
        chat.invoke({"b": "x"}),
        chat.partial(b="y").invoke({}),
        core.PromptTemplate(template="{a}{b}", input_variables=["b"], partial_variables={"a": "x"}).format(b="y"),
    ]


@value
def additions(core: Core) -> Any:
    text = core.PromptTemplate.from_template("{a}")
    chat = core.ChatPromptTemplate.from_messages([("system", "{a}")])
    return [
        (text + " {b}").format(a=1, b=2),
        (text + core.PromptTemplate.from_template("{c}")).format(a=1, c=3),
        (chat + "{b}").invoke(DATA),
        (chat + [("ai", "{b}")]).invoke(DATA),  # noqa: RUF005
        (chat + core.HumanMessage("as it is {b}")).invoke(DATA),
        (chat + chat).invoke(DATA),
        len(chat + "x"),
    ]


@value
def changed_in_place(core: Core) -> Any:
    prompt = core.ChatPromptTemplate.from_messages([("system", "{a}")])
    prompt.append(("human", "{b}"))
    prompt.extend(["x", ("ai", "{c}")])
    return [prompt.invoke({**DATA, "c": 3}), len(prompt)]


@value
def parts_of_a_prompt(core: Core) -> Any:
    classes = [core.SystemMessagePromptTemplate, core.HumanMessagePromptTemplate, core.AIMessagePromptTemplate]
    parts = [cls.from_template("{a}") for cls in classes]
    chat = core.ChatMessagePromptTemplate.from_template("{b}", role="r")
    prompt = core.ChatPromptTemplate.from_messages([*parts, chat, spoken(core)])
    return [part.format(a="x") for part in parts], chat.format(b="y"), prompt.invoke(DATA), prompt[0].format(a="z")


@value
def placeholders(core: Core) -> Any:
    placeholder = core.MessagesPlaceholder("h", optional=True, n_messages=2)
    return [
        placeholder.format_messages(h=["a", ("ai", "b"), "c"]),
        placeholder.format_messages(),
        core.MessagesPlaceholder("h").input_variables,
        placeholder.input_variables,
    ]


@value
def placeholder_without_messages(core: Core) -> Any:
    return with_history(core).invoke({**DATA, "history": 7})


@value
def forms_of_values(core: Core) -> Any:
    value_of_chat, value_of_text = spoken(core).invoke(DATA), core.PromptTemplate.from_template("{a}").invoke(DATA)
    return [
        value_of_chat.to_string(),
        value_of_chat.to_messages(),
        value_of_text.to_string(),
        value_of_text.to_messages(),
        type(value_of_text).__name__,
        spoken(core).format(**DATA),
        spoken(core).format_messages(**DATA),
    ]


@value
def pretty_prompts(core: Core) -> Any:
    prompts = [spoken(core), with_optional(core), core.PromptTemplate.from_template("say {a}"), few_shot(core)]
    return [prompt.pretty_repr() for prompt in prompts[:1] + prompts[2:]]


@value
def images(core: Core) -> Any:
    parts = [
        {"type": "text", "text": "{a}"},
        {"type": "image_url", "image_url": {"url": "data:{b}", "detail": "low"}},
        {"type": "image_url", "image_url": "{b}"},
    ]
    prompt = core.ChatPromptTemplate.from_messages([("human", parts)])
    return [sorted(prompt.input_variables), prompt.invoke(DATA)]


@value
def mustache_chat(core: Core) -> Any:
    prompt = core.ChatPromptTemplate.from_messages(
        [("system", "{{a}}"), ("human", "{{#b}}{{.}}, {{/b}}")], template_format="mustache"
    )
    return [sorted(prompt.input_variables), prompt.invoke({"a": "x", "b": [1, 2]})]


@value
def mustache_forms(core: Core) -> Any:
    cases: list[tuple[str, dict[str, Any]]] = [
        ("{{a.b}}", {"a": {"b": 1}}),
        ("{{#a}}x{{/a}}{{^a}}y{{/a}}", {"a": False}),
        ("{{! a comment }}{{a}}", {"a": None}),
        ("{{a}} {{&a}}", {"a": "<"}),
        ("{{#a}}{{#b}}{{c}}{{/b}}{{/a}}", {"a": {"b": {"c": 3}}}),
    ]
    return [
        core.PromptTemplate.from_template(template, template_format="mustache").format(**values)
        for template, values in cases
    ]


@value
def formats(core: Core) -> Any:
    template = "{a:>4}|{b!r}|{c:.1f}|{{d}}"
    prompt = core.PromptTemplate.from_template(template)
    return [prompt.format(a="x", b="y", c=1.25), prompt.input_variables, prompt.invoke({"a": 1, "b": None, "c": 2})]


REFUSED = {
    "attribute": "{a.b}",
    "index": "{a[0]}",
    "number": "{0}",
    "open": "{a",
    "close": "a}",
    "nested": "{a:{b}}",
}


VALUES: list[dict[str, Any]] = [
    {},
    {"a": 1, "b": 2},
    {"a": [1, 2], "b": "B"},
    {"a": {"b": {"c": "C"}, "d": 0}, "b": 5},
    {"a": [{"b": 1}, {"b": None}, 0]},
    {"a": True, "b": 1.5},
    {"a": [], "b": False},
    {"a": "", "b": None},
]
MUSTACHES = ["{{a}}{{b}}", "{{#a}}{{.}}{{b}}{{/a}}", "{{^a}}no{{/a}}", "{{a.b.c}}{{a.d.e}}", "{{a.0}}{{a.1.b}}"]


@value
def mustache_of_whatever_there_is(core: Core) -> Any:
    """What is not there, or empty, is left out; lists have numbers for names."""
    templates = [core.PromptTemplate.from_template(text, template_format="mustache") for text in MUSTACHES]
    return [[template.format(**values) for values in VALUES] for template in templates]


@value
def mustache_needs_its_variables_when_invoked(core: Core) -> Any:
    return core.PromptTemplate.from_template("{{a}}", template_format="mustache").invoke({})


@value
def blocks_without_a_type(core: Core) -> Any:
    parts = [{"text": "{a}"}, {"image_url": "{b}"}, "{a}"]
    return core.ChatPromptTemplate.from_messages([("human", parts)]).invoke(DATA)


@value
def placeholder_with_a_tuple(core: Core) -> Any:
    return with_history(core).invoke({**DATA, "history": ("human", "x")})


@value
def tuples_add_as_lists(core: Core) -> Any:
    return (core.ChatPromptTemplate.from_template("{a}") + ("ai", "x")).invoke(DATA)  # noqa: RUF005


@value
def parts_take_no_partials(core: Core) -> Any:
    return core.HumanMessagePromptTemplate.from_template(["{a}"], partial_variables={"a": 1})


@value
async def chosen_examples(core: Core) -> Any:
    """What chooses examples is asked by the way of the call, wherever the prompt stands."""
    import langchain_core.example_selectors as reference

    class Selector(reference.BaseExampleSelector):
        def add_example(self, example: Any) -> None: ...

        def select_examples(self, input_variables: Any) -> Any:
            return [{"q": input_variables["i"], "a": "sync"}]

        async def aselect_examples(self, input_variables: Any) -> Any:
            return [{"q": input_variables["i"], "a": "async"}]

    text = core.PromptTemplate.from_template("{q}:{a}")
    chat = core.ChatPromptTemplate.from_messages([("human", "{q}"), ("ai", "{a}")])
    given = {"example_selector": Selector(), "input_variables": ["i"]}
    shots = core.FewShotPromptTemplate(example_prompt=text, suffix="{i}", **given)
    chats = core.FewShotChatMessagePromptTemplate(example_prompt=chat, **given)
    prompts = [shots, chats, core.ChatPromptTemplate.from_messages([chats, ("human", "{i}")])]
    return [[prompt.invoke({"i": "1"}), await prompt.ainvoke({"i": "1"})] for prompt in prompts]


@value
def mustache_partials(core: Core) -> Any:
    """They are empty: nobody gives them a text."""
    templates = ["a{{>p}}b{{x}}", "a\n  {{> p }} \nb{{x}}\n", "{{#x}}{{>p}}{{/x}}{{x}}"]
    prompts = [core.PromptTemplate.from_template(text, template_format="mustache") for text in templates]
    return [[prompt.input_variables, prompt.format(x="1", p="z")] for prompt in prompts]


MISSHAPEN = {"unclosed": "{{#a}}x", "cut": "{{a", "never_opened": "{{/a}}", "crossed": "{{#a}}{{/b}}", "empty": "{{}}"}
NO_MESSAGES: list[Any] = [7, None]


DELIMITED = (
    "{{=<% %>=}}<% a %> {{b}} <%#c%><%d%><%/c%>",
    "{{=| |=}}|a| |={{ }}=|{{b}}",
    "x\n {{=[ ]=}} \n[#c]\n[d]\n[/c]\n",
)


@value
def other_delimiters(core: Core) -> Any:
    values = {"a": "<", "b": 1, "c": {"d": 2}}
    prompts = [core.PromptTemplate.from_template(text, template_format="mustache") for text in DELIMITED]
    return [[prompt.input_variables, prompt.format(**values), prompt.get_input_jsonschema()] for prompt in prompts]


@value
def mustache_schemas(core: Core) -> Any:
    texts = (
        "{{a}}",
        "{{#a}}{{b}}{{c.d}}{{/a}}{{e}}",
        "{{^a}}{{b}}{{/a}}",
        "{{#a}}{{.}}{{/a}}",
        "{{a.b}}{{{f}}}",
    )
    made = [core.PromptTemplate.from_template(text, template_format="mustache") for text in texts]
    return [prompt.get_input_jsonschema() for prompt in made]


@value
def optional_placeholders(core: Core) -> Any:
    prompt = core.ChatPromptTemplate([("placeholder", "{x}"), ("placeholder", ["{z}", False]), ("human", "{y}")])
    given = prompt.partial(x=[("ai", "q")])
    return [
        [one.input_variables, one.optional_variables, one.partial_variables, one.invoke({"y": 1, "z": []})]
        for one in (prompt, given, prompt + "{y}", prompt[1:])
    ]


@value
def pretty_templates(core: Core) -> Any:
    parts = [("ai", "{x}"), ("system", "s"), ("human", ["{x}", {"type": "text", "text": "t"}]), ("placeholder", "{h}")]
    return core.ChatPromptTemplate(parts).pretty_repr()


@value
def image_from_a_file(core: Core) -> Any:
    return core.ChatPromptTemplate([("human", [{"type": "image_url", "image_url": {"path": "{x}"}}])]).invoke("f.png")


PROGRAMS = [
    other_delimiters,
    mustache_schemas,
    optional_placeholders,
    pretty_templates,
    image_from_a_file,
    Program("prompt", spoken, DATA),
    Program("prompt_text", lambda c: c.PromptTemplate.from_template("say {a}"), DATA),
    Program("prompt_of_one_variable", lambda c: c.ChatPromptTemplate.from_template("say {a}"), "bare"),
    Program("prompt_with_history", with_history, {**DATA, "history": ["x", ("ai", "y")]}),
    Program("prompt_with_optional", with_optional, {"a": "x"}),
    Program("prompt_with_optional_given", with_optional, {"a": "x", "history": [("ai", "y")], "more": ["z"]}),
    Program("prompt_partial", lambda c: spoken(c).partial(a="kind"), {"b": "x"}),
    Program("prompt_few_shot", few_shot, {"p": "P", "s": "S"}),
    Program("prompt_mustache", mustache, PEOPLE, modes=(*PLAIN, *HANDLERS)),
    Program("prompt_tagged", lambda c: spoken(c).with_config(tags=["t"], run_name="asked") | upper, DATA),
    Program(
        "prompt_own_tags",
        lambda c: c.PromptTemplate.from_template("{a}", tags=["own"], metadata={"k": 1}),
        DATA,
    ),
    Program("prompt_lacks_a_variable", spoken, {"a": 1}, modes=PLAIN),
    Program("prompt_of_no_dict", spoken, "x", modes=PLAIN),
    Program("prompt_in_parallel", lambda c: c.RunnableParallel(p=spoken(c), q=lambda d: 1), DATA, unordered=True),
    Program("prompt_to_text", lambda c: spoken(c) | (lambda value: value.to_string()), DATA),
    many_parts,
    partials,
    additions,
    changed_in_place,
    parts_of_a_prompt,
    placeholders,
    placeholder_without_messages,
    forms_of_values,
    pretty_prompts,
    images,
    mustache_chat,
    mustache_forms,
    formats,
    *(
        Program(f"refused_{name}", lambda c, t=template: c.PromptTemplate.from_template(t), modes=("value",))
        for name, template in REFUSED.items()
    ),
    *(
        Program(
            f"mustache_{name}",
            lambda c, t=template: c.PromptTemplate.from_template(t, template_format="mustache"),
            modes=("value",),
        )
        for name, template in MISSHAPEN.items()
    ),
    *(
        Program(f"prompt_of_{thing}", lambda c, t=thing: c.ChatPromptTemplate.from_messages([t]), modes=("value",))
        for thing in NO_MESSAGES
    ),
    Program("message_of_a_number", lambda c: c.convert_to_messages([7]), modes=("value",)),
    Program("text_prompt_and_a_number", lambda c: c.PromptTemplate.from_template("a") + 7, modes=("value",)),
    Program("chat_prompt_and_a_number", lambda c: spoken(c) + 7, modes=("value",)),
    mustache_partials,
    mustache_of_whatever_there_is,
    mustache_needs_its_variables_when_invoked,
    blocks_without_a_type,
    placeholder_with_a_tuple,
    tuples_add_as_lists,
    parts_take_no_partials,
    chosen_examples,
]
