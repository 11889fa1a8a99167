"""Chains to begin with, as code."""

from __future__ import annotations

TEMPLATES = {
    "answer": """\
chain = ChatPromptTemplate.from_template("{question}") | LocalChatModel() | StrOutputParser()
""",
    "retrieval": '''\
chain = (
    {"context": RunnablePassthrough(), "question": RunnablePassthrough()}
    | ChatPromptTemplate.from_template("""Answer the question based only on the following context:
{context}

Question: {question}
""")
    | LocalChatModel()
    | StrOutputParser()
)
''',
    "routing": """\
chain = RunnableBranch(
    (RunnablePassthrough(), ChatPromptTemplate.from_template("{question}") | LocalChatModel()),
    ChatPromptTemplate.from_template("Answer briefly: {question}") | LocalChatModel(),
) | StrOutputParser()
""",
    "side by side": """\
chain = {
    "joke": ChatPromptTemplate.from_template("tell me a joke about {topic}") | LocalChatModel(),
    "poem": ChatPromptTemplate.from_template("write a two-line poem about {topic}") | LocalChatModel(),
} | RunnablePassthrough()
""",
    "with fallbacks": """\
chain = (
    ChatPromptTemplate.from_template("{question}")
    | LocalChatModel().with_retry().with_fallbacks([ParrotFakeChatModel()])
    | StrOutputParser()
)
""",
}
"""The code of each by name. A slot to fill passes its input on."""

__all__ = ["TEMPLATES"]
