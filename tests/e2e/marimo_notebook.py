"""A marimo notebook with views of chainviz: a chain's graph, a finished trace in two views, one that runs, again
each time that a button is pressed, and a builder."""

import marimo

app = marimo.App(width="full")


@app.cell
def chains():
    import marimo as mo

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
    return chain, chainviz, mo


@app.cell
def button(mo):
    again = mo.ui.button(label="again", value="harrison", on_click=lambda name: name)
    mo.hstack([again])
    return (again,)


@app.cell
def finished(chain, chainviz):
    with chainviz.trace() as t:
        chain().invoke({"name": "harrison"})
    chainviz.TracePanel(t)
    return (t,)


@app.cell
def linked(chainviz, t):
    chainviz.GraphView(t)


@app.cell
def live(again, chain, chainviz):
    running = chainviz.watch(chain(8), {"name": again.value})
    chainviz.TracePanel(running)


@app.cell
def built(chain, chainviz):
    chainviz.build(chain())


if __name__ == "__main__":
    app.run()
