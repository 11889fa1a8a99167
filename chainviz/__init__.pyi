"""What type checkers see of the package: the names of the lazy table, each given as itself."""

from IPython.core.interactiveshell import InteractiveShell

from chainviz.builder import (
    register as register,
)
from chainviz.callbacks import (
    AsyncCallbackHandler as AsyncCallbackHandler,
    AsyncCallbackManagerForChainRun as AsyncCallbackManagerForChainRun,
    AsyncCallbackManagerForLLMRun as AsyncCallbackManagerForLLMRun,
    AsyncCallbackManagerForRetrieverRun as AsyncCallbackManagerForRetrieverRun,
    AsyncCallbackManagerForToolRun as AsyncCallbackManagerForToolRun,
    BaseCallbackHandler as BaseCallbackHandler,
    CallbackManagerForChainRun as CallbackManagerForChainRun,
    CallbackManagerForLLMRun as CallbackManagerForLLMRun,
    CallbackManagerForRetrieverRun as CallbackManagerForRetrieverRun,
    CallbackManagerForToolRun as CallbackManagerForToolRun,
    Callbacks as Callbacks,
    StdOutCallbackHandler as StdOutCallbackHandler,
    StreamingStdOutCallbackHandler as StreamingStdOutCallbackHandler,
    UsageMetadataCallbackHandler as UsageMetadataCallbackHandler,
    adispatch_custom_event as adispatch_custom_event,
    dispatch_custom_event as dispatch_custom_event,
    get_usage_metadata_callback as get_usage_metadata_callback,
)
from chainviz.chat_history import (
    BaseChatMessageHistory as BaseChatMessageHistory,
    InMemoryChatMessageHistory as InMemoryChatMessageHistory,
)
from chainviz.config import (
    RunnableConfig as RunnableConfig,
)
from chainviz.documents import (
    Document as Document,
)
from chainviz.embeddings import (
    DeterministicFakeEmbedding as DeterministicFakeEmbedding,
    Embeddings as Embeddings,
    HashingEmbeddings as HashingEmbeddings,
)
from chainviz.errors import (
    ChainvizError as ChainvizError,
)
from chainviz.integrations.dask import (
    DaskExecutor as DaskExecutor,
)
from chainviz.integrations.faiss import (
    FAISS as FAISS,
)
from chainviz.integrations.langchain.bridge import (
    to_langchain as to_langchain,
)
from chainviz.integrations.openai import (
    ChatOpenAI as ChatOpenAI,
    OpenAIEmbeddings as OpenAIEmbeddings,
)
from chainviz.language_models import (
    BaseChatModel as BaseChatModel,
    BaseLLM as BaseLLM,
    BaseLanguageModel as BaseLanguageModel,
    FakeListChatModel as FakeListChatModel,
    FakeListChatModelError as FakeListChatModelError,
    FakeListLLM as FakeListLLM,
    FakeListLLMError as FakeListLLMError,
    FakeMessagesListChatModel as FakeMessagesListChatModel,
    FakeStreamingListLLM as FakeStreamingListLLM,
    GenericFakeChatModel as GenericFakeChatModel,
    LLM as LLM,
    LanguageModelInput as LanguageModelInput,
    LanguageModelLike as LanguageModelLike,
    LocalChatModel as LocalChatModel,
    ParrotFakeChatModel as ParrotFakeChatModel,
    SimpleChatModel as SimpleChatModel,
)
from chainviz.messages import (
    AIMessage as AIMessage,
    AIMessageChunk as AIMessageChunk,
    AnyMessage as AnyMessage,
    BaseMessage as BaseMessage,
    BaseMessageChunk as BaseMessageChunk,
    ChatMessage as ChatMessage,
    ChatMessageChunk as ChatMessageChunk,
    FunctionMessage as FunctionMessage,
    FunctionMessageChunk as FunctionMessageChunk,
    HumanMessage as HumanMessage,
    HumanMessageChunk as HumanMessageChunk,
    InvalidToolCall as InvalidToolCall,
    MessageLikeRepresentation as MessageLikeRepresentation,
    RemoveMessage as RemoveMessage,
    SystemMessage as SystemMessage,
    SystemMessageChunk as SystemMessageChunk,
    ToolCall as ToolCall,
    ToolCallChunk as ToolCallChunk,
    ToolMessage as ToolMessage,
    ToolMessageChunk as ToolMessageChunk,
    UsageMetadata as UsageMetadata,
    convert_to_messages as convert_to_messages,
    count_tokens_approximately as count_tokens_approximately,
    filter_messages as filter_messages,
    get_buffer_string as get_buffer_string,
    merge_content as merge_content,
    merge_message_runs as merge_message_runs,
    message_chunk_to_message as message_chunk_to_message,
    message_to_dict as message_to_dict,
    messages_from_dict as messages_from_dict,
    messages_to_dict as messages_to_dict,
    trim_messages as trim_messages,
)
from chainviz.notebook import (
    build as build,
    watch as watch,
)
from chainviz.output_parsers import (
    BaseCumulativeTransformOutputParser as BaseCumulativeTransformOutputParser,
    BaseGenerationOutputParser as BaseGenerationOutputParser,
    BaseLLMOutputParser as BaseLLMOutputParser,
    BaseOutputParser as BaseOutputParser,
    BaseTransformOutputParser as BaseTransformOutputParser,
    CommaSeparatedListOutputParser as CommaSeparatedListOutputParser,
    JsonOutputKeyToolsParser as JsonOutputKeyToolsParser,
    JsonOutputParser as JsonOutputParser,
    JsonOutputToolsParser as JsonOutputToolsParser,
    ListOutputParser as ListOutputParser,
    MarkdownListOutputParser as MarkdownListOutputParser,
    NumberedListOutputParser as NumberedListOutputParser,
    OutputParserException as OutputParserException,
    PydanticOutputParser as PydanticOutputParser,
    PydanticToolsParser as PydanticToolsParser,
    SimpleJsonOutputParser as SimpleJsonOutputParser,
    StrOutputParser as StrOutputParser,
)
from chainviz.prompts import (
    AIMessagePromptTemplate as AIMessagePromptTemplate,
    BaseChatPromptTemplate as BaseChatPromptTemplate,
    BaseMessagePromptTemplate as BaseMessagePromptTemplate,
    BasePromptTemplate as BasePromptTemplate,
    ChatMessagePromptTemplate as ChatMessagePromptTemplate,
    ChatPromptTemplate as ChatPromptTemplate,
    ChatPromptValue as ChatPromptValue,
    ChatPromptValueConcrete as ChatPromptValueConcrete,
    FewShotChatMessagePromptTemplate as FewShotChatMessagePromptTemplate,
    FewShotPromptTemplate as FewShotPromptTemplate,
    HumanMessagePromptTemplate as HumanMessagePromptTemplate,
    MessagesPlaceholder as MessagesPlaceholder,
    PromptTemplate as PromptTemplate,
    PromptValue as PromptValue,
    StringPromptTemplate as StringPromptTemplate,
    StringPromptValue as StringPromptValue,
    SystemMessagePromptTemplate as SystemMessagePromptTemplate,
    aformat_document as aformat_document,
    format_document as format_document,
)
from chainviz.retrievers import (
    BaseRetriever as BaseRetriever,
)
from chainviz.runnables import (
    AddableDict as AddableDict,
    ConfigurableField as ConfigurableField,
    ConfigurableFieldMultiOption as ConfigurableFieldMultiOption,
    ConfigurableFieldSingleOption as ConfigurableFieldSingleOption,
    ConfigurableFieldSpec as ConfigurableFieldSpec,
    RouterInput as RouterInput,
    RouterRunnable as RouterRunnable,
    Runnable as Runnable,
    RunnableAssign as RunnableAssign,
    RunnableBinding as RunnableBinding,
    RunnableBranch as RunnableBranch,
    RunnableEach as RunnableEach,
    RunnableGenerator as RunnableGenerator,
    RunnableLambda as RunnableLambda,
    RunnableMap as RunnableMap,
    RunnableParallel as RunnableParallel,
    RunnablePassthrough as RunnablePassthrough,
    RunnablePick as RunnablePick,
    RunnableRetry as RunnableRetry,
    RunnableSequence as RunnableSequence,
    RunnableSerializable as RunnableSerializable,
    RunnableWithFallbacks as RunnableWithFallbacks,
    RunnableWithMessageHistory as RunnableWithMessageHistory,
    aadd as aadd,
    add as add,
    chain as chain,
    ensure_config as ensure_config,
    get_config_list as get_config_list,
    patch_config as patch_config,
    run_in_executor as run_in_executor,
)
from chainviz.tools import (
    BaseTool as BaseTool,
    InjectedToolArg as InjectedToolArg,
    InjectedToolCallId as InjectedToolCallId,
    StructuredTool as StructuredTool,
    Tool as Tool,
    ToolException as ToolException,
    convert_runnable_to_tool as convert_runnable_to_tool,
    create_retriever_tool as create_retriever_tool,
    render_text_description as render_text_description,
    render_text_description_and_args as render_text_description_and_args,
    tool as tool,
)
from chainviz.tracing.journal.reader import (
    load as load,
)
from chainviz.tracing.otel import (
    OpenTelemetrySink as OpenTelemetrySink,
)
from chainviz.tracing.run_log import (
    LogEntry as LogEntry,
    RunLog as RunLog,
    RunLogPatch as RunLogPatch,
    RunState as RunState,
)
from chainviz.tracing.stream_events import (
    StreamEvent as StreamEvent,
)
from chainviz.tracing.trace import (
    Trace as Trace,
    trace as trace,
)
from chainviz.vectorstores import (
    InMemoryVectorStore as InMemoryVectorStore,
    VectorStore as VectorStore,
    VectorStoreRetriever as VectorStoreRetriever,
)
from chainviz.widgets import (
    ChainBuilder as ChainBuilder,
    EventTimeline as EventTimeline,
    GraphView as GraphView,
    RunStateTree as RunStateTree,
    TokenStreams as TokenStreams,
    TracePanel as TracePanel,
)

__version__: str

def load_ipython_extension(shell: InteractiveShell) -> None: ...
def unload_ipython_extension(shell: InteractiveShell) -> None: ...
