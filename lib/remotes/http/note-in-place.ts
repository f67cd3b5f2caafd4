/** A note on a request to merge, as far as it is looked at. */
export interface SeenNote {
  id: number;
  body: string;
  /** True if written by the user we are logged in as: nobody else's note is replaced, and none of ours is hidden by one of theirs. */
  own: boolean;
}

/** Reads and writes the notes on one request to merge, one page at a time. */
export interface NotePlace {
  /** The notes of a page, 1 is the first, the oldest first; fewer than `pageSize` on the last one. */
  page(number: number): Promise<SeenNote[]>;
  pageSize: number;
  create(text: string): Promise<void>;
  /** False where the note is gone by now. */
  change(id: number, text: string): Promise<boolean>;
}

/** Pages that are looked through: nobody writes more notes to one request. */
const MAX_PAGES = 20;

/** Writes a note, or puts it in place of our own that begins with `marker`. Throws what the place throws. */
export async function putNote(place: NotePlace, marker: string, text: string): Promise<"created" | "updated"> {
  const id = await ownNote(place, marker);
  if (id !== null && (await place.change(id, text))) return "updated";
  await place.create(text);
  return "created";
}

async function ownNote({ page, pageSize }: NotePlace, marker: string): Promise<number | null> {
  for (let number = 1; number <= MAX_PAGES; number++) {
    const notes = await page(number);
    const found = notes.find(({ own, body }) => own && body.startsWith(marker));
    if (found) return found.id;
    if (notes.length < pageSize) return null;
  }
  return null;
}
