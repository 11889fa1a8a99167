"""Cells that the journeys begin with."""

from __future__ import annotations

RETRIEVAL = '''%load_ext chainviz
from chainviz import (
    ChatPromptTemplate, HashingEmbeddings, InMemoryVectorStore, LocalChatModel, RunnablePassthrough, StrOutputParser,
)

store = InMemoryVectorStore.from_texts(["harrison worked at kensho"], embedding=HashingEmbeddings())
prompt = ChatPromptTemplate.from_template("""Answer the question based only on the following context:
{context}

Question: {question}
""")

def retrieval_chain(tokens_per_second=1000):
    model = LocalChatModel(tokens_per_second=tokens_per_second)
    return (
        {"context": store.as_retriever().with_config(run_name="Docs"), "question": RunnablePassthrough()}
        | prompt
        | model.with_config(run_name="my_llm")
        | StrOutputParser()
    )

question = "where did harrison work?"
'''

STEPS = ["Docs", "RunnablePassthrough", "ChatPromptTemplate", "my_llm", "StrOutputParser"]
