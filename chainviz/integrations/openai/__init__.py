"""Chat models and embeddings of any server that speaks OpenAI's protocol."""

from chainviz.integrations.openai.chat import ChatOpenAI
from chainviz.integrations.openai.embeddings import OpenAIEmbeddings

__all__ = ["ChatOpenAI", "OpenAIEmbeddings"]
