import { parse } from "yaml";

/** Texts that were read last; a world has few, and everybody asks for them again and again. */
const REMEMBERED = 16;
const read = new Map<string, unknown>();

/** The data of a YAML text. Nobody changes what was read: whoever asks for the same text gets the same data. */
export function readYaml(text: string): unknown {
  if (!read.has(text)) {
    const [oldest] = read.keys();
    if (read.size >= REMEMBERED && oldest !== undefined) read.delete(oldest);
    read.set(text, parse(text));
  }
  return read.get(text);
}
