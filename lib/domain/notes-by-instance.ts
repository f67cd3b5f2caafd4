import { byRule, type Note } from "./changeset.ts";
import { INSTANCES, type InstanceName } from "./instance.ts";

/** A note, and the instances whose business it is: no other one's files have it. */
export interface ConcerningNote {
  note: Note;
  /** Never empty. Both where nobody knows to which one the account belongs, and where it belongs to both. */
  instances: readonly InstanceName[];
}

/** Every note once, sorted by rule. Pure. */
export function allNotes(notes: readonly ConcerningNote[]): Note[] {
  return notes.map(({ note }) => note).sort(byRule);
}

/** The notes of each instance, sorted by rule. Pure. */
export function notesByInstance(notes: readonly ConcerningNote[]): Record<InstanceName, Note[]> {
  const of = (instance: InstanceName) => allNotes(notes.filter(({ instances }) => instances.includes(instance)));
  return { global: of("global"), "us-government": of("us-government") };
}

/** The notes of several instances together: what concerns both stands in the files of both, and is told once. Pure. */
export function eachNoteOnce(notes: readonly Note[]): Note[] {
  return [...new Map(notes.map((note) => [JSON.stringify(note), note])).values()];
}

/** In the order of `INSTANCES`, each once; all of them where there is none. Pure. */
export function orBoth(instances: readonly InstanceName[]): InstanceName[] {
  return instances.length === 0 ? [...INSTANCES] : INSTANCES.filter((instance) => instances.includes(instance));
}
