/** One thing that a command can be told: by its flag, by the environment, or in a config file. */
export interface Option {
  /** The flag without its dashes, and the key in a config file. */
  readonly name: string
  readonly kind: 'text' | 'list' | 'number' | 'switch'
  /** What stands for the value in help. Switches have none. */
  readonly value?: string
  /** What it is, in one sentence without its full stop. */
  readonly help: string
  /** What holds when it is not given, as help says it. */
  readonly default?: string
  /** What the option is called where it ends up, as errors name it. */
  readonly names?: readonly string[]
  /** It may hold a secret, which a flag would show to everybody on the machine. */
  readonly isSecret?: true
  /** The variable that gives it, where that has a name of its own. */
  readonly variable?: string
}

/** What a command was told for one option. */
export type OptionValue = string | number | boolean | readonly unknown[] | object

/** A value, and where it came from, in words that lead there. */
export interface Given {
  readonly value: OptionValue
  readonly origin: string
}

/** The variable of the environment that gives a command's option. */
export function variableOf(
  command: string,
  { name, variable }: Pick<Option, 'name' | 'variable'>
): string {
  if (variable !== undefined) return variable
  return `FIL_HEARTBEAT_${command}_${name}`.toUpperCase().replaceAll('-', '_')
}

/** What a command was told, all in all. */
export class Told {
  readonly #given: ReadonlyMap<string, Given>

  constructor(given: ReadonlyMap<string, Given>) {
    this.#given = given
  }

  has(name: string): boolean {
    return this.#given.has(name)
  }

  text(name: string): string | undefined {
    const value = this.#given.get(name)?.value
    return typeof value === 'string' ? value : undefined
  }

  number(name: string): number | undefined {
    const value = this.#given.get(name)?.value
    return typeof value === 'number' ? value : undefined
  }

  isOn(name: string): boolean {
    return this.#given.get(name)?.value === true
  }

  /** The items of a list; `undefined` where none was given. */
  list(name: string): readonly string[] | undefined {
    return this.items(name) as readonly string[] | undefined
  }

  /** The same where a config file may hold more than texts. */
  items(name: string): readonly unknown[] | undefined {
    const value = this.#given.get(name)?.value
    return Array.isArray(value) ? value : undefined
  }

  /** How to name an option to whoever gave it; its flag where nobody did. */
  origin(name: string): string {
    return this.#given.get(name)?.origin ?? `--${name}`
  }
}

/** The options that were given, under the names of a library's, so that the others keep their defaults. */
export function present<T extends object>(
  options: T
): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(options).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> }
}
