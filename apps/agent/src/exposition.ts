/** Prometheus text format: series grouped by name, labels escaped. */

type Labels = Readonly<Record<string, string>>;
const escape = (text: string): string =>
  text
    .replaceAll('\\', String.raw`\\`)
    .replaceAll('\n', String.raw`\n`)
    .replaceAll('"', String.raw`\"`);

export class Exposition {
  readonly #constant: Labels;
  readonly #families = new Map<string, string[]>();

  /** @param constant labels of every series. */
  constructor(constant: Labels) {
    this.#constant = constant;
  }

  /** A value that is not a number is left out: no series says more than a false one. */
  add(name: string, type: 'counter' | 'gauge', value: number | null | undefined, labels: Labels = {}): void {
    if (value === null || value === undefined || !Number.isFinite(value)) return;
    let family = this.#families.get(name);
    if (!family) this.#families.set(name, (family = [`# TYPE ${name} ${type}`]));
    const all = Object.entries({ ...this.#constant, ...labels }).map(([key, text]) => `${key}="${escape(text)}"`);
    family.push(`${name}{${all.join(',')}} ${value}`);
  }

  text(): string {
    return [...this.#families.values()].flat().concat('').join('\n');
  }
}
