// Virtual rows of one height: which of them the scroller shows. The scroller is the nearest `.cv-scroll` around.
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

// Drawn beyond what is seen, in pixels. Each row costs as much as one that is seen.
const OVERSCAN = 48;
// Where nothing is laid out (a detached element, a test) this much is taken as seen.
const UNSEEN = 600;
// Further down than any scroller reaches.
export const END = 1e8;

/** `atEnd`: whether the scroller follows the end, so that the last rows are drawn before it has scrolled there. */
export function useWindow(count: number, height: number, atEnd = () => false) {
  const [body, setBody] = useState<HTMLDivElement | null>(null);
  const [from, setFrom] = useState(0);
  const [seen, setSeen] = useState(Math.ceil(UNSEEN / height));
  const [width, setWidth] = useState(0);
  const more = Math.floor(OVERSCAN / height);
  // In steps, so that most scrolling draws nothing anew.
  const step = Math.max(1, more);
  const scroller = () => body?.closest<HTMLElement>(".cv-scroll") ?? null;
  const offset = (outer: HTMLElement) =>
    body ? body.getBoundingClientRect().top - outer.getBoundingClientRect().top + outer.scrollTop : 0;

  useLayoutEffect(() => {
    const outer = scroller();
    if (!outer) return;
    const controller = new AbortController();
    const measure = () => {
      setFrom(Math.max(0, Math.floor((outer.scrollTop - offset(outer)) / height / step) * step - more));
      setSeen(Math.ceil((outer.clientHeight || UNSEEN) / height) + step + 2 * more);
      setWidth(body?.clientWidth ?? 0);
    };
    outer.addEventListener("scroll", measure, { passive: true, signal: controller.signal });
    const observer = new ResizeObserver(measure);
    observer.observe(outer);
    return () => {
      controller.abort();
      observer.disconnect();
    };
  }, [body, height]);

  /** Scrolls so that the row can be seen. */
  const show = (index: number) => {
    const outer = scroller();
    if (!outer?.clientHeight) return;
    const header = Number(outer.dataset.header ?? 0);
    const top = offset(outer) + index * height;
    if (top - header < outer.scrollTop) outer.scrollTop = top - header;
    else if (top + height > outer.scrollTop + outer.clientHeight) outer.scrollTop = top + height - outer.clientHeight;
  };

  const end = Math.max(0, count - seen);
  const first = atEnd() ? end : Math.min(from, end);
  return {
    body: setBody,
    from: first,
    to: Math.min(count, first + seen),
    width,
    /** Of a drawn row, counted from 0: what leaves the window on one side comes back on the other, with other contents. */
    keyOf: (offset: number) => (first + offset) % seen,
    style: { height: `${count * height}px`, paddingTop: `${first * height}px` },
    show,
  };
}

/** Does something again whenever an element has another size. */
export function useResize(element: { current: Element | null }, again: () => void): void {
  useEffect(() => {
    if (!element.current) return;
    const observer = new ResizeObserver(again);
    observer.observe(element.current);
    return () => observer.disconnect();
  }, []);
}

/** Keeps a scroller at its end while it is there, as `length` grows. */
export function useFollow<E extends HTMLElement>(length: number) {
  const scroller = useRef<E>(null);
  const atEnd = useRef(true);
  const toEnd = () => {
    if (atEnd.current) scroller.current?.scrollTo(0, END);
  };
  useLayoutEffect(() => {
    // Once all that is drawn anew stands, so that the page is laid out once for it.
    queueMicrotask(toEnd);
  }, [length]);
  useResize(scroller, toEnd);
  const onScroll = () => {
    const outer = scroller.current;
    if (outer) atEnd.current = outer.scrollTop + outer.clientHeight >= outer.scrollHeight - 24;
  };
  return { scroller, onScroll, atEnd: () => atEnd.current };
}
