import type { Output } from "../../../lib/report/terminal/output.ts";

/** An output that keeps what is said; never a live terminal. */
export class RecordedOutput implements Output {
  readonly live = false;
  readonly results: string[] = [];
  readonly said: string[] = [];
  readonly out = (text: string) => void this.results.push(text);
  readonly err = (text: string) => void this.said.push(text);
}
