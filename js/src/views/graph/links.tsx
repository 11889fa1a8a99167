// The links between the steps of a graph of states, behind their cards.
import type { LevelLink, Placed, Route } from "../../layout/level";
import { oneLine } from "../../ui/text";
import type { GraphLink } from "../../wire/types";

const LONGEST = 24;
// Of the fixed-width font of labels.
const CHARACTER = 6.4;
const PADDING = 12;
const HEIGHT = 16;

const labelOf = ({ label }: GraphLink) => (label ? oneLine(label, LONGEST) : "");

/** A link as the layout takes it, with the room that its label needs. */
export function linkSize(link: GraphLink): LevelLink {
  const { source, target } = link;
  const characters = Array.from(labelOf(link), (char) => (char > "\u10ff" ? 2 : 1)).reduce<number>((a, b) => a + b, 0);
  return characters
    ? { source, target, width: Math.ceil(characters * CHARACTER + PADDING), height: HEIGHT }
    : { source, target, width: 0, height: 0 };
}

function Label({ link, route }: { link: GraphLink; route: Route }) {
  const { width } = linkSize(link);
  return (
    <g class="cv-link-label">
      <title>{oneLine(link.label ?? "")}</title>
      <rect x={route.x - width / 2} y={route.y - HEIGHT / 2} width={width} height={HEIGHT} rx={HEIGHT / 2} />
      <text x={route.x} y={route.y}>
        {labelOf(link)}
      </text>
    </g>
  );
}

export function Links({ links, placed }: { links: readonly GraphLink[]; placed: Placed }) {
  const { x, y, width, height } = placed;
  const drawn = links.flatMap((link, index) => {
    const route = placed.links[index];
    return route ? [{ link, route }] : [];
  });
  return (
    <svg class="cv-links" width={width} height={height} viewBox={`${x} ${y} ${width} ${height}`} aria-hidden="true">
      {drawn.map(({ link, route }, index) => (
        <g key={index} class={`cv-graph-link ${link.conditional ? "cv-if" : ""} ${route.back ? "cv-back" : ""}`}>
          <path d={route.d} />
          <path class="cv-arrow" d={route.head} />
        </g>
      ))}
      {drawn.map(({ link, route }, index) => link.label && <Label key={index} link={link} route={route} />)}
    </svg>
  );
}
