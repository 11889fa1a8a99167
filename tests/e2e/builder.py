"""The parts of a chain builder as a person finds them: by role and accessible name."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, expect


class Builder:
    """The chain builder below `root`."""

    def __init__(self, root: Locator) -> None:
        self.root = root
        self.page = root.page
        self.tree = root.get_by_role("tree", name="Chain builder")
        self.components = root.get_by_role("listbox", name="Components")
        self.search = root.get_by_role("searchbox", name="Search components")
        self.menu = root.get_by_role("menu", name="Step actions")
        self.status = root.get_by_role("status", name="Run status")
        self.code = root.get_by_label("Python", exact=True)

    def steps(self) -> list[str]:
        """What each step is called, by those who hear it."""
        return [item.get_attribute("aria-label") or "" for item in self.tree.get_by_role("treeitem").all()]

    def step(self, name: str) -> Locator:
        """A step by its name, with its slot where it has one; its accessible name goes on with kind and status."""
        return self.tree.get_by_role("treeitem", name=re.compile(rf"^{re.escape(name)}, "))

    def card(self, name: str) -> Locator:
        """What is seen of a step, without the steps inside."""
        return self.step(name).locator("> [aria-hidden]")

    def edge(self, name: str, side: str) -> Locator:
        """The line on which one step flows into the next: "before" or "after" a step."""
        row = self.step(name).locator("xpath=..")
        return row.locator(f"> [data-edge={side}]")

    def option(self, name: str) -> Locator:
        return self.components.get_by_role("option").filter(has_text=re.compile(rf"^{re.escape(name)}"))

    def field(self, name: str) -> Locator:
        return self.root.get_by_label(re.compile(rf"^{re.escape(name)}"))

    def do(self, name: str, *items: str) -> None:
        """Choose from the menu of a step, and from what it leads to."""
        self.card(name).click(button="right")
        for item in items:
            self.root.get_by_role("menuitem", name=re.compile(rf"^{re.escape(item)}")).click()

    def zone(self, name: str) -> Locator:
        """Where a step can be dropped besides the tree, while something is dragged."""
        return self.root.locator("[data-do]").filter(has_text=name)

    def dragged(self, what: Locator, to: Locator, word: str, *, share: float = 0.5, key: str | None = None) -> None:
        """Drag something to a height of something else, where `word` says what dropping it will do, and drop it."""
        mouse, keyboard = self.page.mouse, self.page.keyboard
        expect(what).to_have_count(1)
        what.scroll_into_view_if_needed()
        what.hover(position={"x": 30, "y": 10})
        mouse.down()
        box = what.bounding_box() or {"x": 0, "y": 0}
        mouse.move(box["x"] + 40, box["y"] + 16)
        hint = self.root.get_by_role("status").last
        expect(hint).to_be_attached()
        goal = to.bounding_box()
        assert goal is not None
        if key:
            keyboard.down(key)
        spot, said = self.root.locator("[data-drop]"), re.compile(f"^{re.escape(word)}")
        for step in range(50):  # a mouse that rests drags on too, but not one that is driven
            mouse.move(goal["x"] + min(40, goal["width"] / 2) + 2 * (step % 2), goal["y"] + goal["height"] * share)
            if step and any(map(said.match, spot.evaluate_all("(spots) => spots.map((spot) => spot.dataset.drop)"))):
                break
            self.page.wait_for_timeout(100)
        expect(spot).to_have_attribute("data-drop", said)
        mouse.up()
        if key:
            keyboard.up(key)
        expect(self.root.locator("[data-drop]")).to_have_count(0)

    def read(self, code: str) -> None:
        """Have Python read that stands elsewhere."""
        self.root.get_by_role("button", name="Read Python").click()
        self.root.get_by_label("Paste a chain in Python").fill(code)
        self.root.get_by_role("button", name="Load").click()
