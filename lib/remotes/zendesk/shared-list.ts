import { StoppedError } from "../../errors.ts";
import type { Page } from "./ports.ts";

/** A list under way, or one that has ended. */
interface Reading<T> {
  pages: Page<T>[];
  state: "reading" | "complete" | "broken";
  error?: unknown;
  /** True once a reader has been told that the list broke off. */
  isTold: boolean;
  /** Resolves with the next page, or the end. */
  changed: PromiseWithResolvers<void>;
}

/** Begins a list at the remote. */
type Open<T> = () => AsyncIterable<Page<T>>;

/**
 * One list, read once for all that want it, also while it is being read: it is read to its end once it has begun, whoever follows it. What broke off is
 * kept by nobody (S1): those who follow it hear why, the first one also where it broke off before, and whoever comes later begins anew.
 */
export class SharedList<T> {
  private reading: Reading<T> | null = null;
  private work: Promise<void> = Promise.resolve();
  private isEnded = false;

  /** Begins to read, where nobody has. Never throws: whoever follows hears what went wrong, or asks again. */
  begin(open: Open<T>): void {
    this.readingBy(open);
  }

  /** The pages from the first one on, as they come. Throws what the list throws. */
  async *follow(open: Open<T>): AsyncGenerator<Page<T>> {
    const reading = this.readingBy(open);
    for (let index = 0; ; index++) {
      while (index >= reading.pages.length && reading.state === "reading") await reading.changed.promise;
      const page = reading.pages[index];
      if (page) yield page;
      else if (reading.state === "complete") return;
      else {
        reading.isTold = true;
        throw reading.error;
      }
    }
  }

  /** The whole list, where it was read to its end; else null. */
  complete(): readonly Page<T>[] | null {
    return this.reading?.state === "complete" ? this.reading.pages : null;
  }

  /** Lets go of what was read: whoever comes later begins anew. */
  forget(): void {
    this.reading = null;
  }

  /** Asks for no further page, and waits until none is being asked for. */
  async end(): Promise<void> {
    this.isEnded = true;
    await this.work;
  }

  private readingBy(open: Open<T>): Reading<T> {
    if (this.reading === null || this.reading.isTold) {
      this.reading = { pages: [], state: "reading", isTold: false, changed: Promise.withResolvers() };
      this.work = this.read(this.reading, open);
    }
    return this.reading;
  }

  private async read(reading: Reading<T>, open: Open<T>): Promise<void> {
    const tell = () => {
      const { resolve } = reading.changed;
      reading.changed = Promise.withResolvers();
      resolve();
    };
    try {
      for await (const page of open()) {
        if (this.isEnded) throw new StoppedError("nobody wants this list any more");
        reading.pages.push(page);
        tell();
      }
      reading.state = "complete";
    } catch (error) {
      reading.state = "broken";
      reading.error = error;
    }
    tell();
  }
}
