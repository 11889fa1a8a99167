import { Notice } from "../ui/parts";
import { useStore } from "./context";

/** What stands in the way of following the trace, or of getting a value of it. */
export function Trouble() {
  const { notice, wants } = useStore();
  return <Notice text={notice.value ?? wants.trouble.value} />;
}
