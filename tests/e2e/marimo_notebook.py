"""A marimo notebook with views of chainviz: a chain's graph, a finished trace in two views, and one that runs."""

import marimo

app = marimo.App(width="full")


@app.cell
def chains():
    import chainviz
    from chainviz import ChatPromptTemplate, LocalChatModel, StrOutputParser

    def chain(tokens_per_second=1000):
        prompt = ChatPromptTemplate.from_template("Where did {name} work? At Kensho, since 2016, in Cambridge.")
        return (
            prompt
            | LocalChatModel(tokens_per_second=tokens_per_second).with_config(run_name="my_llm")
            | StrOutputParser()
        )

    chainviz.GraphView(chain())
    return chain, chainviz


@app.cell
def finished(chain, chainviz):
    with chainviz.trace() as t:
        chain().invoke({"name": "harrison"})
    chainviz.TracePanel(t)
    return (t,)


@app.cell
def again(chainviz, t):
    chainviz.GraphView(t)


@app.cell
def live(chain, chainviz):
    running = chainviz.watch(chain(8), {"name": "harrison"})
    chainviz.TracePanel(running)


if __name__ == "__main__":
    app.run()
