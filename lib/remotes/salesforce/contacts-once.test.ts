import { expect, test } from "bun:test";
import { contactsOnce } from "./contacts-once.ts";
import type { SalesforceReader, UnreadableRecord } from "./ports.ts";

function readerOf(unreadable: UnreadableRecord[] = []) {
  const asked: string[][] = [];
  const contacts: SalesforceReader["contacts"] = async (ids) => {
    asked.push([...ids]);
    return { contacts: ids.map((id) => ({ salesforce_id: id, name: id, email: `${id}@example.com` })), unreadable };
  };
  return { reader: contactsOnce({ contacts } as SalesforceReader), asked };
}

test("the contacts of an account are asked for once; new accounts are asked for alone", async () => {
  const { reader, asked } = readerOf();
  await reader.contacts(["A", "C"]);
  const { contacts } = await reader.contacts(["A", "B", "C"]);
  expect(contacts.map(({ salesforce_id }) => salesforce_id)).toEqual(["A", "B", "C"]);
  expect(asked).toEqual([["A", "C"], ["B"]]);
});

test("what could not be read is told again, and not asked for again", async () => {
  const { reader, asked } = readerOf([{ salesforce_id: null, reason: "Email" }]);
  expect((await reader.contacts(["A", "B"])).unreadable).toHaveLength(1);
  expect(await reader.contacts(["A"])).toMatchObject({ contacts: [{ salesforce_id: "A" }], unreadable: [{}] });
  expect(asked).toEqual([["A", "B"], []]);
});

test("what is being asked for is not asked for twice", async () => {
  const { reader, asked } = readerOf();
  await Promise.all([reader.contacts(["A", "B"]), reader.contacts(["A", "B", "C"])]);
  expect(asked).toEqual([["A", "B"], ["C"]]);
});
