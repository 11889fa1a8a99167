"""LangChain and LangGraph: their runs in our traces, their objects in our views, their steps in our chains.

Imported once `langchain_core` has been, and never before.
"""
