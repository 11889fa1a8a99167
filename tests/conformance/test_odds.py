"""Small programs over what no other file compares: they must agree."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

import pytest

from .cores import OURS, REFERENCE
from .pauses import pauses
from .test_surface import outcome

PROMPTS: dict[str, Callable[[Any], Any]] = {
    "text": lambda c: c.PromptTemplate.from_template("hi {a} {b}").partial(b="c"),
    "mustache": lambda c: c.PromptTemplate.from_template("hi {{a}}", template_format="mustache"),
    "chat": lambda c: c.ChatPromptTemplate([("system", "x {a}"), ("placeholder", "{h}"), ("human", "y")]),
    "examples": lambda c: c.FewShotPromptTemplate(
        examples=[{"a": "b"}],
        example_prompt=c.PromptTemplate.from_template("hi {a}"),
        suffix="{q}",
        input_variables=["q"],
    ),
}


@pytest.mark.parametrize("coloured", [False, True])
@pytest.mark.parametrize("kind", PROMPTS)
def test_prompts_for_reading(kind: str, coloured: bool) -> None:
    ours, reference = (PROMPTS[kind](core).pretty_repr(html=coloured) for core in (OURS, REFERENCE))
    assert ours == reference
    assert ("\033[33;1m" in ours) is coloured


def tool_of_json_schema(core: Any) -> Any:
    schema = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}
    return core.StructuredTool.from_function(lambda a: a, name="t", description="d", args_schema=schema)


@pytest.mark.parametrize("given", [None, 3, ["a"], {"a": "b"}, {}], ids=repr)
def test_what_a_tool_of_a_json_schema_takes(given: Any) -> None:
    def program(core: Any) -> Any:
        return tool_of_json_schema(core).invoke(given)

    ours, reference = outcome(program, OURS), outcome(program, REFERENCE)
    assert ours == reference
    assert isinstance(ours, str) is (given == {"a": "b"})


@pytest.mark.parametrize("args", ["x", None, [1], {"a": 1}], ids=repr)
def test_arguments_of_a_tool_call(args: Any) -> None:
    def program(core: Any) -> Any:
        return core.AIMessage("a", tool_calls=[{"name": "f", "args": args, "id": "1"}])

    assert outcome(program, OURS) == outcome(program, REFERENCE)


@pytest.mark.parametrize("length", [-1, 0, 2])
def test_a_config_for_each_call(length: int) -> None:
    def program(core: Any) -> Any:
        return importlib.import_module(f"{core.package}.runnables.config").get_config_list({"tags": ["t"]}, length)

    assert outcome(program, OURS) == outcome(program, REFERENCE)


def test_configs_merged() -> None:
    def program(core: Any) -> Any:
        merge_configs = importlib.import_module(f"{core.package}.runnables.config").merge_configs
        merged = merge_configs({"tags": ["t"], "metadata": {"a": 1}}, None, {"tags": ["s"], "max_concurrency": 2})
        return {key: value for key, value in merged.items() if value != {}}  # the reference adds what is empty

    assert outcome(program, OURS) == outcome(program, REFERENCE)


def test_a_map_asks_for_a_list_of_what_its_step_takes() -> None:
    def schema(core: Any) -> Any:
        given = core.PromptTemplate.from_template("{a} {b}").map().get_input_jsonschema()
        given.pop("default", None)  # the reference's alone
        return given

    assert schema(OURS) == schema(REFERENCE)


@pytest.mark.filterwarnings("ignore:The 'initial' parameter")
def test_pauses_between_attempts() -> None:
    assert pauses(OURS, initial=0.5, exp_base=3, jitter=0.25, max=4) == pytest.approx(
        pauses(REFERENCE, initial=0.5, exp_base=3, jitter=0.25, max=4)
    )
    assert pauses(OURS) == pytest.approx(pauses(REFERENCE))


@pytest.mark.parametrize("asynchronous", [False, True])
async def test_retrievers_of_ones_own(asynchronous: bool) -> None:
    async def told(core: Any) -> Any:
        seen: list[Any] = []

        class Handler(core.BaseCallbackHandler):
            def on_retriever_start(self, serialized: Any, query: str, **more: Any) -> None:
                seen.append((query, more["tags"], more["metadata"].get("m"), more["name"]))

            def on_retriever_end(self, documents: Any, **more: Any) -> None:
                seen.append([document.page_content for document in documents])

            def on_retriever_error(self, error: BaseException, **more: Any) -> None:
                seen.append(str(error))

        class Shelf(core.BaseRetriever):
            books: list[str]

            def _get_relevant_documents(self, query: str, *, run_manager: Any, k: int = 2) -> list[Any]:
                if not query:
                    raise ValueError("nothing to look for")
                return [core.Document(page_content=book) for book in self.books if query in book][:k]

        shelf = Shelf(books=["ab", "bc", "abc"], tags=["own"], metadata={"m": 1})
        config: Any = {"callbacks": [Handler()], "tags": ["call"], "run_name": "look"}
        for query, more in (("b", {}), ("b", {} if asynchronous else {"k": 1}), ("z", {}), ("", {})):
            try:
                if asynchronous:
                    await shelf.ainvoke(query, config, **more)
                else:
                    shelf.invoke(query, config, **more)
            except ValueError as error:
                seen.append(repr(error))
        return seen, shelf.batch(["a", "c"]) == [shelf.invoke("a"), shelf.invoke("c")]

    assert await told(OURS) == await told(REFERENCE)


@pytest.mark.parametrize("more", [{}, {"exceptions_to_handle": (KeyError,)}, {"exception_key": "e"}], ids=repr)
def test_fallbacks_show_what_they_were_given(more: dict[str, Any]) -> None:
    def program(core: Any) -> Any:
        step = core.RunnableLambda(str)
        return repr(step.with_fallbacks([step], **more)).replace("RunnableLambda(...)", "RunnableLambda(str)")

    assert program(OURS) == program(REFERENCE)


def test_models_tell_what_they_are() -> None:
    def program(core: Any) -> Any:
        class Ending(core.LLM):
            n: int

            @property
            def _llm_type(self) -> str:
                return "ending"

            @property
            def _identifying_params(self) -> dict[str, Any]:
                return {"n": self.n}

            def _call(self, prompt: str, stop: Any = None, run_manager: Any = None, **kwargs: Any) -> str:
                return prompt[: self.n]

        chat = core.FakeListChatModel(responses=["a"])
        return str(Ending(n=2)), Ending(n=2).asdict(), chat.asdict()

    assert program(OURS) == program(REFERENCE)


@pytest.mark.parametrize(
    "given",
    [{}, {"llm_output": "x"}, {"observation": "o", "llm_output": "x", "send_to_llm": True}, {"send_to_llm": True}],
    ids=repr,
)
def test_what_a_parser_of_ones_own_raises(given: dict[str, Any]) -> None:
    def program(core: Any) -> Any:
        class YesNo(core.BaseOutputParser):
            def parse(self, text: str) -> bool:
                raise core.OutputParserException("bad", **given)

        try:
            YesNo().invoke("maybe")
        except core.OutputParserException as error:
            return "bad" in str(error), error.llm_output, error.observation, error.send_to_llm
        except ValueError:
            return "refused"

    assert program(OURS) == program(REFERENCE)
