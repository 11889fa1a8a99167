from .cells import RETRIEVAL
from .lab import Lab


def test_x(lab: Lab) -> None:
    lab.notebook(
        [
            RETRIEVAL,
            "chain = retrieval_chain(15)\nchain",
            "%%trace\nfor token in chain.stream(question):\n    print(token, end='|')",
        ]
    )
    lab.run(0, 1)
    lab.output_width(1000)
    lab.page.wait_for_timeout(1000)
    lab.screenshot("x-see")
    print(lab.output(1).aria_snapshot())
    lab.run_cell(2)
    lab.page.wait_for_timeout(1500)
    lab.screenshot("x-watch")
    lab.wait_idle()
    lab.page.wait_for_timeout(500)
    lab.screenshot("x-done")
    print(lab.output(2).aria_snapshot())
