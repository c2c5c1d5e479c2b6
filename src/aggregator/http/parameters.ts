import { MAX_MOMENT, MAX_TOLD_PARAMETER_CHARACTERS } from '../../constants.ts'
import { ParameterError } from '../../errors.ts'

/** A JSON Schema, as OpenAPI 3.1 has them. */
export type JsonSchema = Readonly<Record<string, unknown>>

/** One parameter of a request: how it is described, and how it is read. */
export interface Parameter<T> {
  readonly description: string
  readonly schema: JsonSchema
  /** @throws {Error} saying what is wrong, without the parameter's name */
  readonly read: (text: string) => T
}

/** Parameters by name. */
export type Parameters = Readonly<Record<string, Parameter<unknown>>>

/** What a request gave for parameters; `undefined` for what it left out. */
export type Given<P extends Parameters> = {
  readonly [K in keyof P]: ReturnType<P[K]['read']> | undefined
}

/** One of some words. */
export function choice<const T extends string>(
  description: string,
  values: readonly T[]
): Parameter<T> {
  return {
    description,
    schema: { type: 'string', enum: values },
    read: (text) => {
      const value = values.find((each) => each === text)
      if (value === undefined) throw new Error(`is not one of ${values.join(', ')}`)
      return value
    }
  }
}

/** A whole number. */
export function integer(
  description: string,
  { minimum, maximum, ...more }: { minimum: number; maximum: number; default?: number }
): Parameter<number> {
  return {
    description,
    schema: { type: 'integer', minimum, maximum, ...more },
    read: (text) => {
      const value = Number(text)
      if (!/^\d{1,16}$/.test(text) || value < minimum || value > maximum) {
        throw new Error(`is not a whole number from ${minimum} to ${maximum}`)
      }
      return value
    }
  }
}

/** Any text, up to a length in characters. */
export function text(description: string, maxLength: number): Parameter<string> {
  return {
    description,
    schema: { type: 'string', maxLength },
    read: (given) => {
      if (given.length > maxLength) throw new Error(`is longer than ${maxLength} characters`)
      return given
    }
  }
}

/** A moment, read as ms since 1970. */
export function moment(description: string): Parameter<number> {
  return {
    description: `${description} In ms since 1970, or as ISO 8601.`,
    schema: {
      oneOf: [
        { type: 'integer', minimum: 0, maximum: MAX_MOMENT },
        { type: 'string', format: 'date-time' }
      ]
    },
    read: (given) => {
      const isNumber = /^\d{1,16}$/.test(given)
      const isIso = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/.test(given)
      const value = isNumber ? Number(given) : isIso ? Date.parse(given) : Number.NaN
      if (value >= 0 && value <= MAX_MOMENT) return value
      throw new Error('is neither ms since 1970 nor a moment such as 2026-01-31T12:00:00Z')
    }
  }
}

/**
 * Reads what a request gives.
 *
 * @throws {ParameterError} naming the first parameter that is wrong or that nobody knows
 */
export function readParameters<P extends Parameters>(
  parameters: P,
  query: URLSearchParams
): Given<P> {
  for (const name of query.keys()) {
    if (Object.hasOwn(parameters, name)) {
      if (query.getAll(name).length > 1) throw new ParameterError(name, 'is given more than once')
      continue
    }
    const known = Object.keys(parameters)
    const those = known.length === 0 ? 'there are none' : `there are ${known.join(', ')}`
    throw new ParameterError(
      name.slice(0, MAX_TOLD_PARAMETER_CHARACTERS),
      `is not a parameter here; ${those}`
    )
  }
  const read = ([name, parameter]: [string, Parameter<unknown>]): [string, unknown] => {
    const given = query.get(name)
    if (given === null) return [name, undefined]
    try {
      return [name, parameter.read(given)]
    } catch (error) {
      throw new ParameterError(name, error instanceof Error ? error.message : String(error))
    }
  }
  return Object.fromEntries(Object.entries(parameters).map(read)) as Given<P>
}
