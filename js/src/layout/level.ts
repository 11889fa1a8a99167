// What the page asks the layout for, and what comes back: plain data, for it may pass to a worker.

export interface Size {
  width: number;
  height: number;
}

export interface Point {
  x: number;
  y: number;
}

/** A link between two nodes, which are told by their places; its size is that of its label, 0 where it has none. */
export interface LevelLink extends Size {
  source: number;
  target: number;
}

/** One level of a graph: its nodes have fixed sizes, whatever is inside them. */
export interface Level {
  nodes: Size[];
  links: LevelLink[];
  /** The node that all begins with; -1 where there is none. */
  start: number;
}

/** How a link is drawn: its line, its arrow head, and where the middle of its label is. */
export interface Route extends Point {
  d: string;
  head: string;
  /** It leads back to where the flow has been. */
  back: boolean;
}

/** Where the upper left corners of the level and of its nodes are. A link that joins no two nodes has no route. */
export interface Placed extends Size, Point {
  nodes: Point[];
  links: (Route | null)[];
}
