import type { ObjectName } from "../schema.ts";

export function unknownColumn(object: ObjectName, name: string): string {
  return `No such column '${name}' on entity '${object}'. If you are attempting to use a custom field, be sure to append the '__c' after the custom field name. Please reference your WSDL or the describe call for the appropriate names.`;
}

export function unknownRelationship(name: string): string {
  return `Didn't understand relationship '${name}' in field path. If you are attempting to use a custom relationship, be sure to append the '__r' after the custom relationship name. Please reference your WSDL or the describe call for the appropriate names.`;
}

/** The message with the place Salesforce puts before it: the line of the query, and a caret under the culprit. */
export function located(soql: string, culprit: string, message: string): string {
  const index = Math.max(0, soql.indexOf(culprit));
  const before = soql.slice(0, index).split("\n");
  const row = before.length;
  const column = (before.at(-1) ?? "").length + 1;
  const line = soql.split("\n")[row - 1] ?? "";
  return `\n${line}\n${" ".repeat(column - 1)}^\nERROR at Row:${row}:Column:${column}\n${message}`;
}

export function unknownChildList(name: string): string {
  return `Didn't understand relationship '${name}' in FROM part of query call. If you are attempting to use a custom relationship, be sure to append the '__r' after the custom relationship name. Please reference your WSDL or the describe call for the appropriate names.`;
}
