// A component that is drawn again only when one of its props is another value.
import { Component, type FunctionComponent, h } from "preact";

export function memo<P extends object>(View: FunctionComponent<P>): FunctionComponent<P> {
  class Memo extends Component<P> {
    override shouldComponentUpdate(next: Readonly<P>): boolean {
      const now = this.props as Readonly<Record<string, unknown>>;
      const then = next as Readonly<Record<string, unknown>>;
      return Object.keys(then).some((key) => then[key] !== now[key]);
    }

    override render() {
      return h(View, this.props as P);
    }
  }
  return Memo as unknown as FunctionComponent<P>;
}
