// custom-elements.json: the element's source and its comments go in, and all that other tools need
// to know of it comes out.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as analyzer from '@custom-elements-manifest/analyzer'

const ROOT = join(import.meta.dirname, '../..')
const SOURCE = 'src/element/element.ts'

/** What the analyzer exports, and its own declarations leave out. */
interface Analyzer {
  create(options: { readonly modules: readonly unknown[] }): Manifest
  readonly ts: {
    readonly ScriptTarget: { readonly ES2022: number }
    createSourceFile(name: string, text: string, target: number, parents: boolean): unknown
  }
}

/** Where the class and the tag are to be had, in the package. */
const CLASS_MODULE = 'dist/element.js'
const TAG_MODULE = 'dist/define.js'

/** An attribute as it is written in the comment of its field: `@attr {string} relay`. */
const ATTRIBUTE = /@attr \{(.+)\} (\S+)$/gm

/** Something of the element that has a name. */
export interface Named {
  readonly name: string
  readonly description?: string
  readonly type?: { readonly text: string }
  readonly default?: string
}

/** A property, or a method, of the element. */
export interface Member extends Named {
  readonly kind: 'field' | 'method'
  readonly privacy?: string
  readonly static?: boolean
  readonly readonly?: boolean
  /** The attribute that sets it. */
  readonly attribute?: string
}

/** The element, as far as what is made from its manifest reads it. */
export interface ElementDeclaration extends Named {
  readonly tagName: string
  readonly members: readonly Member[]
  readonly attributes: readonly Named[]
  readonly events: readonly Named[]
  readonly slots: readonly Named[]
  readonly cssParts: readonly Named[]
  readonly cssProperties: readonly Named[]
  readonly cssStates: readonly Named[]
}

/** A manifest, as custom-elements-manifest's schema has it. */
export interface Manifest {
  readonly schemaVersion: string
  readonly modules: readonly { readonly declarations?: readonly ElementDeclaration[] }[]
}

/** Describes the element from its source. */
export async function readManifest(): Promise<Manifest> {
  const { create, ts } = analyzer as unknown as Analyzer
  const source = await readFile(join(ROOT, SOURCE), 'utf8')
  const file = ts.createSourceFile(SOURCE, source, ts.ScriptTarget.ES2022, true)
  const manifest: Manifest = create({ modules: [file] })
  const element = tidy(elementOf(manifest), await readTypes(source), await readStates())
  const { name, tagName } = element
  const reference = { name, module: CLASS_MODULE }
  return {
    schemaVersion: manifest.schemaVersion,
    modules: [
      describeModule(CLASS_MODULE, [{ kind: 'js', name, declaration: reference }], [element]),
      describeModule(TAG_MODULE, [
        { kind: 'custom-element-definition', name: tagName, declaration: reference }
      ])
    ]
  }
}

/**
 * The only element that a manifest describes.
 *
 * @throws when it describes none
 */
export function elementOf({ modules }: Manifest): ElementDeclaration {
  const element = modules[0]?.declarations?.[0]
  if (element === undefined) throw new Error(`nothing is declared in ${SOURCE}`)
  return element
}

/** The properties that a page can set. */
export function settableOf({ members }: ElementDeclaration): Member[] {
  return members.filter(({ kind, readonly }) => kind === 'field' && readonly !== true)
}

/** What something is, without the line breaks of its comment. */
export function sentenceOf({ description = '' }: Named): string {
  return description.replaceAll(/\s+/g, ' ')
}

function describeModule(
  path: string,
  exports: readonly unknown[],
  declarations: readonly ElementDeclaration[] = []
) {
  return { kind: 'javascript-module', path, declarations, exports }
}

interface Types {
  /** By attribute. */
  readonly attributes: ReadonlyMap<string, string>
  /** By option of the client. */
  readonly options: ReadonlyMap<string, string>
}

// The analyzer gives an attribute the type of its property, and leaves names of types as they are.
async function readTypes(element: string): Promise<Types> {
  const client = await readFile(join(ROOT, 'src/client/options.ts'), 'utf8')
  const attributes = [...element.matchAll(ATTRIBUTE)]
  const options = [...client.matchAll(/^ {2}readonly (\w+)\??: (.+)$/gm)]
  const [, words = ''] = client.match(/^export type Words = (.+)$/m) ?? []
  return {
    attributes: new Map(attributes.map(([, type = '', name = '']) => [name, type])),
    options: new Map(
      options.map(([, name = '', type = '']) => [
        name,
        type.replace(/^Words$/, words).replace(/^Duration$/, 'string | number')
      ])
    )
  }
}

// The element marks itself with the names of what its client says, as they are.
async function readStates(): Promise<Named[]> {
  const read = (file: string): Promise<string> => readFile(join(ROOT, 'src/client', file), 'utf8')
  const phases = (await read('state.ts')).matchAll(/\breadonly phase: '([\w-]+)'/g)
  const [verdicts = ''] =
    (await read('view.ts')).match(/^export type Verdict =(?:\s+\| '.+')+/m) ?? []
  const named = (what: string, names: Iterable<RegExpMatchArray>): Named[] =>
    Array.from(names, ([, name = '']) => ({ name, description: `\`${what}\` is \`${name}\`` }))
  return [...named('state.phase', phases), ...named('view.verdict', verdicts.matchAll(/'(.+)'/g))]
}

function tidy(
  element: ElementDeclaration,
  types: Types,
  states: readonly Named[]
): ElementDeclaration {
  const members = element.members
    .filter((each) => each.static !== true && !/^(private|protected)$/.test(each.privacy ?? ''))
    .map((member) => {
      const text = member.kind === 'field' ? types.options.get(member.name) : undefined
      return plain(text === undefined ? member : { ...member, type: { text } })
    })
  const attributes = element.attributes.map((attribute) => {
    const text = types.attributes.get(attribute.name)
    if (text === undefined) throw new Error(`@attr of ${attribute.name} names no type`)
    return plain({ ...attribute, type: { text } })
  })
  const events = element.events.filter(({ name }) => name.startsWith(`${element.tagName}-`))
  return Object.assign(element, {
    members,
    attributes,
    events,
    cssStates: [...element.cssStates, ...states],
    superclass: { name: 'HTMLElement' }
  })
}

// In the comments a default is written as code.
function plain<T extends Named>(each: T): T {
  return each.default === undefined ? each : { ...each, default: each.default.replaceAll('`', '') }
}
