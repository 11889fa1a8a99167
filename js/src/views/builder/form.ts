// What the fields of a form share, and what each is given.
import { createContext } from "preact";
import type { Value } from "../../wire/types";
import type { Dict } from "../../wire/values";
import type { Shape } from "./shape";

/** What all fields of a form share. */
interface Form {
  root: Dict;
  /** What is wrong, by the path of the field. */
  errors: ReadonlyMap<string, string>;
  /** Each key counts, not only what is left behind. */
  eager: boolean;
  /** Asks what there is in the notebook by now. */
  renew?: () => void;
  /** Of the templates in it. */
  format?: Value | undefined;
}

export const FormContext = createContext<Form>({ root: {}, errors: new Map(), eager: false });

export interface FieldProps {
  name: string;
  path: string;
  schema: Value | undefined;
  required: boolean;
  value: Value | undefined;
  set(value: Value | undefined): void;
}

export interface BodyProps extends FieldProps {
  shape: Shape;
  /** What it takes, in words. */
  type: string;
  /** What names and describes the field. */
  labels: { id: string; required: boolean; "aria-describedby"?: string; "aria-invalid"?: boolean };
  /** Says what is wrong before the kernel is asked. */
  complain(fault: string | null): void;
}
