/** A value as one word of a POSIX shell: what people copy from a report may be anybody's words. Pure. */
export function shellWord(value: string): string {
  return /^[\w./:=,@%+-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`;
}
