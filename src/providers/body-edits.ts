/** Edits of a client's own body: members are set and removed in its text, every other byte stays. */
import type { JsonValue } from '../canonical/json.ts';
import { findMember, scanObject } from '../json/scan.ts';
import type { JsonObjectScan } from '../json/scan.ts';
import { spliceScanned } from '../json/splice.ts';
import { asJson } from './reading.ts';

export class BodyEdits {
  readonly set: Record<string, string> = {};
  readonly remove: string[] = [];
  readonly #text: string;
  readonly #scan: JsonObjectScan | null;

  constructor(text: string) {
    this.#text = text;
    this.#scan = scanObject(text);
  }

  /** The member's value as the client wrote it; undefined when it is absent. */
  own(key: string): string | undefined {
    const member = this.#scan === null ? undefined : findMember(this.#scan, key);
    return member === undefined ? undefined : this.#text.slice(member.valueStart, member.valueEnd);
  }

  value(key: string): JsonValue | undefined {
    const text = this.own(key);
    return text === undefined ? undefined : asJson(JSON.parse(text));
  }

  drop(key: string): void {
    if (this.own(key) !== undefined) this.remove.push(key);
  }

  apply(): string {
    return spliceScanned(this.#text, this.#scan, { set: this.set, remove: this.remove });
  }
}
