"""The programs that both cores run, by topic."""

from . import (
    choosing,
    combinators,
    configs,
    data,
    errors,
    events,
    filters,
    functions,
    generators,
    message_fields,
    messages,
    models,
    parsers,
    prompt_fields,
    prompts,
    simple_tools,
    told,
    tools,
)

TOPICS = (
    choosing,
    combinators,
    configs,
    data,
    errors,
    events,
    filters,
    functions,
    generators,
    message_fields,
    messages,
    models,
    parsers,
    prompt_fields,
    prompts,
    simple_tools,
    told,
    tools,
)
PROGRAMS = [program for topic in TOPICS for program in topic.PROGRAMS]
