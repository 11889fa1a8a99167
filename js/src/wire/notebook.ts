// JupyterLab's notebook around a view, as far as its widget manager shows it.

export interface Manager {
  context?: { model?: { sharedModel?: { insertCell(index: number, cell: object): void } } };
}

/** Puts code into a new cell below the one that `el` stands in; says whether it could. */
export function insertCellBelow(el: HTMLElement, manager: Manager | undefined, source: string): boolean {
  const notebook = manager?.context?.model?.sharedModel;
  const cell = el.closest<HTMLElement>(".jp-Cell");
  if (!notebook?.insertCell || !cell) return false;
  const cells = [...(cell.parentElement?.querySelectorAll(":scope > .jp-Cell") ?? [])];
  // Lab draws only the cells that are near what is seen, and numbers these.
  const index = Number(cell.dataset.windowedListIndex ?? cells.indexOf(cell));
  notebook.insertCell(index + 1, { cell_type: "code", source, metadata: {} });
  return true;
}
