import { base, en, Faker } from "@faker-js/faker";
import type { Random } from "./random.ts";

/** An invented person. */
export interface Person {
  name: string;
  email: string;
}

const LEGAL_FORMS = ["Inc", "Ltd", "LLC", "GmbH", "AG", "SA", "BV", "Corp", "Group", "Pty Ltd"];
const DRAWS = 400;

/**
 * Invents companies and people. Faker is asked once for pools of words, and names are combined from them: a hundred
 * thousand single calls would take too long.
 */
export class Invention {
  readonly #random: Random;
  readonly #adjectives: string[];
  readonly #animals: string[];
  readonly #trades: string[];
  readonly #firstNames: string[];
  readonly #lastNames: string[];
  readonly #takenCompanies = new Set<string>();
  readonly #takenAddresses = new Set<string>();

  constructor(seed: number, random: Random) {
    const faker = new Faker({ locale: [en, base], seed });
    this.#random = random;
    this.#adjectives = pool(() => faker.color.human()).concat(pool(() => faker.company.buzzAdjective()));
    this.#animals = pool(() => faker.animal.type());
    this.#trades = pool(() => faker.commerce.department());
    this.#firstNames = pool(() => faker.person.firstName());
    this.#lastNames = pool(() => faker.person.lastName());
  }

  /** A company name nobody has yet, whatever its case. */
  company(): string {
    for (;;) {
      const words = [this.#random.pick(this.#adjectives), this.#random.pick(this.#animals)];
      const ending = [this.#random.pick(this.#trades), this.#random.pick(LEGAL_FORMS)];
      const name = [...words, ...ending].map(capitalized).join(" ");
      if (this.#takenCompanies.has(name.toLowerCase())) continue;
      this.#takenCompanies.add(name.toLowerCase());
      return name;
    }
  }

  /** A person's name alone; not unique. */
  name(): string {
    return `${this.#random.pick(this.#firstNames)} ${this.#random.pick(this.#lastNames)}`;
  }

  /** A person with an address nobody has yet, at a domain reserved for examples. */
  person(company: string): Person {
    const name = this.name();
    const local = name
      .toLowerCase()
      .replace(/[^a-z ]/g, "")
      .replaceAll(" ", ".");
    const domain = company
      .trim()
      .toLowerCase()
      .split(" ")
      .slice(0, 2)
      .join("-")
      .replace(/[^a-z0-9-]/g, "");
    let email = `${local}@${domain}.example`;
    for (let twin = 2; this.#takenAddresses.has(email); twin++) email = `${local}.${twin}@${domain}.example`;
    this.#takenAddresses.add(email);
    return { name, email };
  }
}

function pool(draw: () => string): string[] {
  return [...new Set(Array.from({ length: DRAWS }, draw))];
}

function capitalized(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
