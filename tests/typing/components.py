"""What a type checker must say of prompts, models, parsers, retrievers and tools: read by pyright, never run."""

from __future__ import annotations

from typing import Any, assert_type

from pydantic import BaseModel

from chainviz import (
    AIMessage,
    AIMessageChunk,
    BaseChatModel,
    BaseRetriever,
    ChatOpenAI,
    ChatPromptTemplate,
    CommaSeparatedListOutputParser,
    Document,
    FakeListLLM,
    GenericFakeChatModel,
    HashingEmbeddings,
    InMemoryVectorStore,
    JsonOutputParser,
    LocalChatModel,
    MessagesPlaceholder,
    OpenAIEmbeddings,
    PromptTemplate,
    PromptValue,
    PydanticOutputParser,
    Runnable,
    RunnablePassthrough,
    StrOutputParser,
    Trace,
    tool,
    trace,
)
from chainviz.language_models import LanguageModelInput
from chainviz.tools.simple import FunctionTool


class Joke(BaseModel):
    setup: str


prompt = ChatPromptTemplate.from_messages([("system", "x"), MessagesPlaceholder("history"), ("human", "{topic}")])
model: BaseChatModel = LocalChatModel()


def a_model_takes_a_prompt() -> None:
    assert_type(prompt.invoke({"topic": "bears"}), PromptValue)
    assert_type(prompt | model, Runnable[dict[str, Any], AIMessage])
    assert_type(prompt | model | StrOutputParser(), Runnable[dict[str, Any], str])
    assert_type((prompt | model | StrOutputParser()).invoke({"topic": "bears"}), str)
    assert_type(prompt.pipe(model, StrOutputParser()), Runnable[dict[str, Any], str])
    assert_type(PromptTemplate.from_template("{a}") | FakeListLLM(responses=["a"]), Runnable[dict[str, Any], str])
    assert_type(model.invoke("hello"), AIMessage)
    assert_type(model.invoke([("human", "hello"), AIMessage("hi")]), AIMessage)
    assert_type(model.with_structured_output(Joke), Runnable[LanguageModelInput, Any])
    assert_type(prompt | model.bind(stop=["x"]) | StrOutputParser(), Runnable[dict[str, Any], str])
    assert_type(prompt | model.with_fallbacks([model]).with_retry() | str, Runnable[dict[str, Any], str])


def a_parser_says_what_it_makes() -> None:
    assert_type(prompt | model | CommaSeparatedListOutputParser(), Runnable[dict[str, Any], list[str]])
    assert_type(prompt | model | JsonOutputParser(), Runnable[dict[str, Any], Any])
    assert_type(PydanticOutputParser(pydantic_object=Joke).invoke("{}"), Joke)


def the_retrieval_chain() -> None:
    store = InMemoryVectorStore.from_texts(["harrison worked at kensho"], HashingEmbeddings())
    retriever = store.as_retriever()
    found: BaseRetriever = retriever
    assert_type(found.invoke("where?"), list[Document])
    chain = {"context": retriever, "question": RunnablePassthrough()} | prompt | model | StrOutputParser()
    assert_type(chain, Runnable[Any, str])


@tool
def add(a: int, b: int) -> int:
    """Add."""
    return a + b


@tool("other", return_direct=True)
def other(a: int) -> int:
    """Other."""
    return a


def tools() -> None:
    assert_type(add, FunctionTool)
    assert_type(other, FunctionTool)
    assert_type(prompt.as_tool(), FunctionTool)


def parameters() -> None:
    assert_type(ChatOpenAI(model="m", temperature=0.5, timeout=3), ChatOpenAI)
    assert_type(OpenAIEmbeddings(model="m"), OpenAIEmbeddings)
    assert_type(LocalChatModel(tokens_per_second=30), LocalChatModel)
    assert_type(GenericFakeChatModel(messages=iter(["a"])), GenericFakeChatModel)
    assert_type(MessagesPlaceholder("history", optional=True, n_messages=3), MessagesPlaceholder)


def chunks_add() -> None:
    assert_type(AIMessageChunk("a") + AIMessageChunk("b"), AIMessageChunk)


def traces() -> None:
    with trace("name") as t:
        assert_type(t, Trace)
