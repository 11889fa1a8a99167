"""Random trees, each in its one form: every combinator, component, option and kind of value."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from random import Random
from typing import Any

from chainviz.builder import slots
from chainviz.builder.tree import Node, Ref
from chainviz.builder.variables import shaped

TEXTS = [
    "",
    "a",
    "it's",
    'say "so"',
    "two\nlines",
    "back\\slash",
    "{{brace}}",
    "überall 🐻",
    "\x00\x1b",
    "\ud800",
    "'''",
    "\\",
]
KEYS = ["context", "question", "a b", "class", "a/1~", "über", '"', "x" * 40, "None"]
NAMES = ["retriever", "format_docs", "Thing", "unknown_step", "lambda x: x + 1", "lambda q: {'a': q}"]


class Trees:
    """Gives a tree for each number."""

    def __init__(self, deepest: int = 4) -> None:
        self.ids: Callable[[], str] = map("t{}".format, count()).__next__
        self._deepest = deepest

    def tree(self, seed: int) -> Node:
        random = Random(seed)
        steps = tuple(self.step(random, 1) for _ in range(random.randint(1, 4)))
        name = random.choice([None, None, "rag", "my_chain"])
        root = Node(self.ids(), slots.SEQUENCE, children=steps, variable=name, options=self._options(random, 0.1))
        return shaped(root, root, self.ids)

    def step(self, random: Random, depth: int) -> Node:
        """One step with all that is inside of it."""
        made = self._leaf(random) if depth >= self._deepest or random.random() < 0.55 else self._combined(random, depth)
        variable = f"v{random.randint(1, 30)}" if random.random() < 0.08 else None
        return made.having(options=self._options(random, 0.15), variable=variable)

    def _combined(self, random: Random, depth: int) -> Node:
        component = random.choice(sorted(slots.COMBINATORS))
        number = {
            slots.BRANCH: 2 * random.randint(1, 2) + 1,
            slots.EACH: 1,
            slots.RETRY: 1,
            slots.HISTORY: 1,
        }.get(component, random.randint(2, 3))
        keys: list[Any] = random.sample(KEYS, number) if component in slots.KEYED else [None] * number
        children = tuple(self.step(random, depth + 1).having(key=key) for key in keys)
        params = {
            slots.RETRY: [{}, {"stop_after_attempt": 5}, {"retry_if_exception_type": (Ref("ValueError"),)}],
            slots.FALLBACKS: [{}, {"exception_key": "error"}],
            slots.HISTORY: [{}, {"get_session_history": Ref("sessions"), "history_messages_key": "history"}],
        }.get(component, [{}])
        return Node(self.ids(), component, random.choice(params), children)

    def _leaf(self, random: Random) -> Node:
        match random.randint(0, 9):
            case 0:
                return Node(self.ids(), "ChatPromptTemplate", self._prompt(random))
            case 1:
                return Node(self.ids(), "PromptTemplate", {"template": random.choice(TEXTS)})
            case 2:
                return Node(self.ids(), "RunnablePick", {"keys": random.choice(["a", ["a", "b"]])})
            case 3:
                params: dict[str, Any] = {"vectorstore": Ref("store"), "search_kwargs": {"k": random.randint(1, 9)}}
                return Node(self.ids(), "VectorStoreRetriever", params)
            case 4:
                return Node(self.ids(), random.choice(NAMES))
            case 5:
                name = random.choice(
                    ["LocalChatModel", "FakeListChatModel", "FakeStreamingListLLM", "Unheard", "ChatOpenAI"]
                )
                return Node(
                    self.ids(), name, {f"p{index}": self._value(random) for index in range(random.randint(1, 3))}
                )
            case 6:
                return self._with_examples(random)
            case 7:
                return self._saying(random)
            case 8:
                return self._of_function(random)
            case _:
                return Node(self.ids(), random.choice(["StrOutputParser", "RunnablePassthrough", "LocalChatModel"]))

    def _with_examples(self, random: Random) -> Node:
        text = {"template": random.choice(TEXTS), **random.choice([{}, {"template_format": "mustache"}])}
        name, example = random.choice(
            [("FewShotPromptTemplate", text), ("FewShotChatMessagePromptTemplate", self._prompt(random))]
        )
        examples = [{random.choice(KEYS): self._value(random)} for _ in range(random.randint(0, 2))]
        params: dict[str, Any] = {"example_prompt": random.choice([example, Ref("kept"), "a"]), "examples": examples}
        return Node(self.ids(), name, {**params, **random.choice([{}, {"suffix": random.choice(TEXTS)}])})

    def _saying(self, random: Random) -> Node:
        rows = [{"role": random.choice(["human", "ai", "system"]), "text": text} for text in random.sample(TEXTS, 2)]
        return random.choice(
            [
                Node(self.ids(), "FakeMessagesListChatModel", {"responses": random.choice([rows, [Ref("kept")], []])}),
                Node(self.ids(), "GenericFakeChatModel", {"messages": random.choice([TEXTS[:3], Ref("kept"), [rows]])}),
            ]
        )

    def _of_function(self, random: Random) -> Node:
        tool: dict[str, Any] = {"func": Ref("find"), **random.choice([{}, {"name": "search", "return_direct": True}])}
        return random.choice(
            [
                Node(self.ids(), "StructuredTool", random.choice([tool, {}])),
                Node(self.ids(), random.choice(["RunnableLambda", "RunnableGenerator"])),
                Node(self.ids(), "RunnableGenerator", {"function": Ref("words")}),
            ]
        )

    def _prompt(self, random: Random) -> dict[str, Any]:
        rows: list[dict[str, Any]] = []
        for _ in range(random.randint(1, 3)):
            role, text = random.choice(["human", "ai", "system", "placeholder", "messages"]), random.choice(TEXTS)
            more: list[dict[str, Any]] = [{}, {}]
            more += [{"n_messages": 2}] if role == "messages" else [{"fixed": True}] if role != "placeholder" else []
            rows.append({"role": role, "text": text, **random.choice(more)})
        extra: list[dict[str, Any]] = [{}, {"template_format": "mustache"}, {"partial_variables": {"a": "b"}}]
        return {"messages": rows, **random.choice(extra)}

    def _options(self, random: Random, share: float) -> dict[str, Any]:
        if random.random() >= share:
            return {}
        choices: list[dict[str, Any]] = [
            {"run_name": random.choice(TEXTS[1:])},
            {"tags": ["a", "b"], "metadata": {"key": self._value(random)}},
            {"bind": {"stop": ["\n"], "a-b": 1}},
            {"input_type": Ref("Any"), "tags": ["a"]},
            {"bind": {"k": 1}, "input_type": Ref("int"), "output_type": Ref("str")},
            {"run_name": "Docs", "bind": {"k": self._value(random)}},
        ]
        return random.choice(choices)

    def _value(self, random: Random, depth: int = 0) -> Any:
        plain = [None, True, 0, -3, 2.5, -0.5, 1e300, 2**70, Ref("kept"), *TEXTS]
        if depth > 1 or random.random() < 0.7:
            return random.choice(plain)
        items = [self._value(random, depth + 1) for _ in range(random.randint(0, 3))]
        return random.choice([items, tuple(items), {random.choice(KEYS): item for item in items}])
