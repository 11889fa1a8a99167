// One level of a graph of states. What draws it comes when the first one is shown; until then its steps stand in a column.
import type { ComponentChildren, FunctionComponent } from "preact";
import { useEffect, useState } from "preact/hooks";
import { statesScript } from "../../script";
import { NoAnswer } from "../../wire/requests";
import type { GraphNode } from "../../wire/types";
import { useStore } from "../context";

export interface StatesProps {
  node: GraphNode;
  /** The cards of the node's children, in their order. */
  cards: ComponentChildren[];
}

export function States(props: StatesProps) {
  const { ask } = useStore();
  const [View, setView] = useState<FunctionComponent<StatesProps> | null>(null);
  useEffect(() => {
    let gone = false;
    const load = async () => {
      try {
        const view = await statesScript(ask);
        if (!gone) setView(() => view);
      } catch (error) {
        if (error instanceof NoAnswer && !gone) void load();
      }
    };
    void load();
    return () => {
      gone = true;
    };
  }, [ask]);
  return View ? <View {...props} /> : props.cards;
}
