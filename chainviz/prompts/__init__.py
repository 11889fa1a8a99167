"""Prompts: steps that turn variables into what a model reads."""

from chainviz.prompts.base import BasePromptTemplate
from chainviz.prompts.chat import BaseChatPromptTemplate, ChatPromptTemplate
from chainviz.prompts.documents import aformat_document, format_document
from chainviz.prompts.few_shot import FewShotPromptTemplate
from chainviz.prompts.few_shot_chat import FewShotChatMessagePromptTemplate
from chainviz.prompts.message import (
    AIMessagePromptTemplate,
    BaseMessagePromptTemplate,
    ChatMessagePromptTemplate,
    HumanMessagePromptTemplate,
    MessagesPlaceholder,
    SystemMessagePromptTemplate,
)
from chainviz.prompts.string import PromptTemplate, StringPromptTemplate
from chainviz.prompts.values import ChatPromptValue, ChatPromptValueConcrete, PromptValue, StringPromptValue

__all__ = [
    "AIMessagePromptTemplate",
    "BaseChatPromptTemplate",
    "BaseMessagePromptTemplate",
    "BasePromptTemplate",
    "ChatMessagePromptTemplate",
    "ChatPromptTemplate",
    "ChatPromptValue",
    "ChatPromptValueConcrete",
    "FewShotChatMessagePromptTemplate",
    "FewShotPromptTemplate",
    "HumanMessagePromptTemplate",
    "MessagesPlaceholder",
    "PromptTemplate",
    "PromptValue",
    "StringPromptTemplate",
    "StringPromptValue",
    "SystemMessagePromptTemplate",
    "aformat_document",
    "format_document",
]
