// What stands where a view has thrown.
import { Component, type ComponentChildren } from "preact";
import { Button } from "./parts";
import { words } from "./words";

/** Says what broke, as text, with a way to go on. */
export function ErrorCard({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  return (
    <div class="cv-error-card" role="alert">
      <strong>{words.broken}</strong>
      <p>{error instanceof Error ? error.message : String(error)}</p>
      {onRetry && <Button label={words.retry} text onClick={onRetry} />}
    </div>
  );
}

/** A view that throws paints its card instead of leaving a blank. */
export class Guard extends Component<{ children: ComponentChildren }, { error: unknown }> {
  override state = { error: null as unknown };

  override componentDidCatch(error: unknown): void {
    console.error(error);
    this.setState({ error: error ?? new Error(words.broken) });
  }

  override render() {
    if (this.state.error === null) return this.props.children;
    return <ErrorCard error={this.state.error} onRetry={() => this.setState({ error: null })} />;
  }
}
